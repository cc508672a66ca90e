// Passkeys: a form whose button asks the device, and sends what the device answers. Whoever has no
// script or no passkeys signs in by password.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// The site writes bytes as text, the browser wants bytes.
function wanted({ publicKey }) {
  const keys = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    ...(publicKey.user && { user: { ...publicKey.user, id: bytes(publicKey.user.id) } }),
    ...(publicKey.excludeCredentials && { excludeCredentials: keys(publicKey.excludeCredentials) }),
    ...(publicKey.allowCredentials && { allowCredentials: keys(publicKey.allowCredentials) }),
  };
}

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function told(credential) {
  const given = PARTS.filter((part) => credential.response[part]);
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: Object.fromEntries(given.map((part) => [part, text(credential.response[part])])),
  });
}

async function question(form) {
  const { passkeyData, passkeyFrom } = form.dataset;
  if (passkeyData) return JSON.parse(document.getElementById(passkeyData).textContent);
  const answer = await fetch(passkeyFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The site answered ${answer.status}`);
  return answer.json();
}

async function ask(form) {
  const { creation_options: creation, request_options: request } = await question(form);
  return creation
    ? navigator.credentials.create({ publicKey: wanted(creation) })
    : navigator.credentials.get({ publicKey: wanted(request) });
}

const WORDS = { NotAllowedError: "stopped", InvalidStateError: "known", SecurityError: "address" };

function say(form, word) {
  for (const each of form.querySelectorAll("[data-says]")) each.hidden = each.dataset.says !== word;
}

function listen(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say(form, "");
    const button = form.querySelector("[type=submit]");
    button.setAttribute("aria-busy", "true");
    try {
      form.elements.credential.value = told(await ask(form));
      form.submit();
    } catch (problem) {
      say(form, WORDS[problem.name] ?? "failed");
      button.focus();
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  form.hidden = false;
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (window.PublicKeyCredential) listen(form);
}
