// Starts whichever of the two readers of the OpenAPI document the page carries.
const swagger = document.getElementById("swagger-ui");
const redoc = document.getElementById("redoc");

if (swagger) {
  window.SwaggerUIBundle({ domNode: swagger, url: swagger.dataset.document });
}
if (redoc) {
  window.Redoc.init(redoc.dataset.document, { hideDownloadButton: true }, redoc);
}
