import { BreakwaterError, messageOf } from "../../errors";
import type { Certificate } from "../../notary/certificates/certificate";
import { certificateFacts } from "../../signers/certificateFacts";
import { readValue } from "../readable";
import type { ForecastEvent, UnknownImage, Validity } from "../report/report";
import type { TrustState } from "../state/state";
import type { FailingImage } from "./forecastReport";
import { after } from "./openedSignatures";

/** The certificates that a registry serves, leaf first; empty over plain HTTP. May throw. */
export type AskServed = (host: string) => Promise<readonly Certificate[]>;

export interface TlsForecast {
  readonly events: readonly ForecastEvent[];
  readonly failing: readonly FailingImage[];
  readonly unknown: readonly UnknownImage[];
  readonly validity: readonly Validity[];
}

const CODE = "TLS_CERTIFICATE_EXPIRED";

/** When the registry can't be reached any more by TLS, unless its certificate is renewed. Never throws. */
export async function forecastTls(
  host: string,
  { trust, at, until, served }: { trust: TrustState; at: Date; until: Date; served: AskServed },
): Promise<TlsForecast> {
  const nothing: TlsForecast = { events: [], failing: [], unknown: [], validity: [] };
  const stack = stackOf(host, trust);
  let chain: readonly Certificate[];
  try {
    chain = await served(host);
  } catch (error) {
    const code = error instanceof BreakwaterError ? error.code : "TLS_UNKNOWN";
    return { ...nothing, unknown: [{ reference: host, inventory: `TLS of ${host}`, code, why: messageOf(error) }] };
  }
  const [first] = [...chain].sort((left, right) => left.notAfter.getTime() - right.notAfter.getTime());
  if (first === undefined) return nothing;
  const certificate = certificateFacts(first);
  const { subject, notBefore, notAfter } = certificate;
  const validity: Validity = {
    what: "tls",
    label: `${host}: ${subject}`,
    stack: stack ?? "",
    ...{ notBefore, notAfter, certificate, change: "same" },
  };
  const instant = after(first.notAfter);
  const whose = first === chain[0] ? "the TLS certificate" : "the CA's certificate above the TLS certificate";
  if (instant <= at.getTime()) {
    const why = `${whose} ${subject} expired at ${notAfter}: renew it`;
    return { ...nothing, validity: [validity], failing: [failing(host, stack, why)] };
  }
  if (instant > until.getTime()) return { ...nothing, validity: [validity] };
  const event: ForecastEvent = {
    instant: new Date(instant).toISOString(),
    reference: host,
    tags: [],
    stack,
    cause: "tls",
    validation: null,
    code: CODE,
    certificate,
    unlessRenewed: true,
    sentence: `${whose} ${subject} expires: nothing can be pulled from there any more`,
  };
  return { ...nothing, validity: [validity], events: [event] };
}

function failing(reference: string, stack: string | null, why: string): FailingImage {
  return { reference, tags: [], stack, validation: null, code: CODE, why, ended: true };
}

function stackOf(host: string, { stacks }: TrustState): string | null {
  const own = [...stacks].filter(([, { settings }]) => readValue(settings)?.hostname === host);
  return own[0]?.[0] ?? null;
}
