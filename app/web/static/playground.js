// Start Swagger UI on the published document, signing in by PKCE as the playground's own client.
"use strict";

addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("swagger");
  const ui = SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
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
    usePkceWithAuthorizationCodeGrant: true,
  });
});
