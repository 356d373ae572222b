// Start Swagger UI on the published document, signing in by PKCE as the playground's own client.
"use strict";

// Swagger UI sends defaults and first examples as if they had been asked for: they are told instead.
function leftEmpty(parameter) {
  if (parameter.required) return parameter;
  const { examples = {}, ...kept } = parameter;
  const { default: standard, ...schema } = parameter.schema ?? {};
  const all = Object.values(examples).map((one) => "`" + [one.value].flat().join(",") + "`");
  const values = all.length > 2 ? [all[0], all[2], all.at(-1)] : all;
  const told = [parameter.description];
  if (standard !== undefined) told.push(`Left out, it is ${standard}.`);
  if (values.length) told.push(`For example: ${values.join(", ")}`);
  return { ...kept, schema, description: told.join(" ") };
}

// Only what this client may ask for; and no token of another app, which could reach real books.
function forSandbox(document, scopes) {
  const { oauth } = document.components.securitySchemes;
  document.components.securitySchemes = { oauth };
  const flow = oauth.flows.authorizationCode;
  flow.scopes = Object.fromEntries(
    Object.entries(flow.scopes).filter(([scope]) => scopes.includes(scope)),
  );
  const kept = (security) => security.filter((one) => "oauth" in one);
  document.security = kept(document.security ?? []);
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path)) {
      if (operation.security) operation.security = kept(operation.security);
      operation.parameters = (operation.parameters ?? []).map(leftEmpty);
    }
  }
  return document;
}

async function start(place) {
  const scopes = place.dataset.scopes.split(" ");
  const answer = await fetch(place.dataset.document);
  if (!answer.ok) throw new Error(`the document was answered with ${answer.status}`);
  const ui = SwaggerUIBundle({
    domNode: place,
    spec: forSandbox(await answer.json(), scopes),
    oauth2RedirectUrl: place.dataset.redirect,
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    // Neither a badge of another site nor a credential that outlives the page.
    validatorUrl: null,
    persistAuthorization: false,
  });
  ui.initOAuth({
    clientId: place.dataset.client,
    appName: "Playground",
    scopes: scopes.filter((scope) => scope.endsWith(":read")),
    usePkceWithAuthorizationCodeGrant: true,
  });
}

// Swagger UI brings its own dark colours, under a class: it follows the person's choice as we do.
function followScheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}

addEventListener("DOMContentLoaded", () => {
  followScheme();
  const place = document.getElementById("swagger");
  start(place).catch((fault) => {
    place.textContent = `The playground could not start: ${fault.message}.`;
  });
});
