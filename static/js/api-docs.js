// Starts the viewer of the OpenAPI document that the page carries: Swagger UI or ReDoc.

const swagger = document.getElementById("swagger-ui");
const redoc = document.getElementById("redoc");

if (swagger) window.SwaggerUIBundle({ domNode: swagger, url: swagger.dataset.document });
if (redoc) window.Redoc.init(redoc.dataset.document, { hideDownloadButton: true }, redoc);
