// How a student's begin and finish are signed: GeV2 where the browser has Web Crypto, else `table`.

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const base64url = (text) =>
  btoa(String.fromCharCode(...utf8(text))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

async function hmac(key, text) {
  const secret = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", secret, utf8(text))));
}

/** Browsers have Web Crypto on pages that came over TLS, or from the machine itself. */
export const bestAlgorithm = () => (globalThis.crypto?.subtle ? "GeV2" : "table");

/**
 * The fields that begin a signature.
 * @param {string} algorithm @param {number} sign @param {string} token the login, as the request carries it
 * @param {{time: number, uuid: string, type: string}} data
 */
export async function beginFields(algorithm, sign, token, { time, uuid, type }) {
  if (algorithm === "table") return { algorithm, sign_id: sign, key: `${time}\t${uuid}\t${type}`, hash: `${time}${uuid}${type}` };
  const key = base64url(JSON.stringify({ time, uuid, type }));
  const secret = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(token)));
  return { algorithm, sign_id: sign, key, hash: await hmac(secret, `begin\n${sign}\n${key}`) };
}

/**
 * The fields that finish it.
 * @param {string} algorithm the one of the begin @param {number} sign @param {string} signKey what the begin was answered
 * @param {{status: number, uuid: string, longitude: number, latitude: number}} data
 */
export async function finishFields(algorithm, sign, signKey, { status, uuid, longitude, latitude }) {
  if (algorithm === "table") return { algorithm, sign_id: sign, key: `${status}\t${uuid}\t${longitude}\t${latitude}` };
  const plain = base64url(JSON.stringify({ status, uuid, longitude, latitude }));
  return { algorithm, sign_id: sign, key: `${plain}.${await hmac(utf8(signKey), `finish\n${sign}\n${plain}`)}` };
}
