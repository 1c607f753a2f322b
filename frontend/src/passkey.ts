/** Makes or uses a passkey, and sends what the browser says of it in the page's form. */

type Words = Record<string, unknown>;

const form = document.querySelector<HTMLFormElement>("form[data-passkey]");
const given = document.getElementById("passkey-options");
if (form !== null && given !== null) setUp(form, JSON.parse(given.textContent ?? "{}") as Words);

function setUp(form: HTMLFormElement, options: Words): void {
  const button = form.querySelector<HTMLButtonElement>("[data-passkey-start]");
  const answer = form.querySelector<HTMLInputElement>("[name=answer]");
  if (button === null || answer === null) return;
  if (window.PublicKeyCredential === undefined) {
    say(form, "This browser does not know passkeys, or this page is not served by HTTPS.");
    return;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    say(form, "");
    try {
      const found = form.dataset["passkey"] === "create" ? await create(options) : await use(options);
      answer.value = JSON.stringify(found);
      form.submit();
    } catch (error) {
      button.disabled = false;
      say(form, reason(error));
    }
  });
  if (form.dataset["passkey"] === "create") return;
  button.focus();
}

function reason(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "InvalidStateError") return "This device has a passkey for your account already.";
  if (name === "SecurityError") return "Browsers make no passkeys for this address.";
  return "No passkey was used. Try again, or choose another way.";
}

function say(form: HTMLFormElement, text: string): void {
  const place = form.querySelector<HTMLElement>("[data-passkey-error]");
  if (place === null) return;
  place.textContent = text;
  place.hidden = text === "";
}

async function create(options: Words): Promise<Words> {
  const user = options["user"] as Words;
  const publicKey = {
    ...options,
    challenge: bytes(options["challenge"]),
    user: { ...user, id: bytes(user["id"]) },
    excludeCredentials: described(options["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    ...common(made),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
    },
  };
}

async function use(options: Words): Promise<Words> {
  const publicKey = {
    ...options,
    challenge: bytes(options["challenge"]),
    allowCredentials: described(options["allowCredentials"]),
  } as unknown as PublicKeyCredentialRequestOptions;
  const used = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const response = used.response as AuthenticatorAssertionResponse;
  return {
    ...common(used),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle === null ? null : text(response.userHandle),
    },
  };
}

function common(key: PublicKeyCredential): Words {
  return { id: key.id, rawId: text(key.rawId), type: key.type };
}

function described(list: unknown): Words[] {
  return ((list ?? []) as Words[]).map((one) => ({ ...one, id: bytes(one["id"]) }));
}

function bytes(base64url: unknown): Uint8Array<ArrayBuffer> {
  const plain = atob(String(base64url).replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
