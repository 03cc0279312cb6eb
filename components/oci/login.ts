import { askCredentialHelper } from "./credentialHelper";
import type { Credentials, StoredLogin } from "./credentials";

/** The login of one host; a credential helper is run when the login is first needed, and again when it was refused. */
export class Login {
  readonly source: string;
  readonly #stored: StoredLogin;
  #answer: Promise<Credentials> | undefined;

  constructor(stored: StoredLogin) {
    this.source = stored.source;
    this.#stored = stored;
  }

  /** Throws OciError CREDENTIAL_HELPER_NOT_FOUND, _TIMEOUT, _FAILED or _INVALID. */
  async credentials(): Promise<Credentials> {
    if (this.#stored.kind !== "helper") {
      return this.#stored;
    }
    this.#answer ??= askCredentialHelper(this.#stored);
    const asked = this.#answer;
    asked.catch(() => {
      if (this.#answer === asked) this.#answer = undefined;
    });
    return await asked;
  }

  /** Tells that the registry refused these credentials. True when it is worth asking for others: helpers give short-lived ones. */
  async renew(refused: Credentials): Promise<boolean> {
    if (this.#stored.kind !== "helper") {
      return false;
    }
    if ((await this.credentials()) === refused) {
      this.#answer = undefined;
    }
    return JSON.stringify(await this.credentials()) !== JSON.stringify(refused);
  }
}
