// Numbers and phrases in the language of the page.

export const language = document.documentElement.lang || "en";
const numbers = new Intl.NumberFormat(language);
const plurals = new Intl.PluralRules(language);

export const formatNumber = (number) => numbers.format(number);

/** A phrase with a count, from its plural forms in which "#" stands for the number. */
export function phrase(forms, count) {
  return (forms[plurals.select(count)] ?? forms.other).replace("#", formatNumber(count));
}
