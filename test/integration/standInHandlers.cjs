// Appended to the compiled table of handlers of a project's copy: what a Harbor's resources would do is only noted, in a file. The
// engine, the program and the commands are the real ones. `due` beside Pulumi.yaml makes the certificate due for renewal.
const fs = require("node:fs");
const { resolvePath } = require("./files/paths");

const note = (what) => fs.appendFileSync(resolvePath("noted"), `${what}\n`);
const plain = ({ __provider, ...rest }) => rest;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function standIn(kind, outputsOf, driftOf = () => "") {
  const stateOf = (inputs) => ({ ...inputs, ...outputsOf(inputs), drift: "" });
  return {
    configure: async () => {},
    check: async (_olds, news) => ({ inputs: plain(news), failures: [] }),
    diff: async (_id, olds, news) => {
      const changed = Object.keys(plain(news)).filter((name) => !same(news[name], olds[name]));
      return { changes: changed.length > 0 || olds.drift !== "", replaces: olds.drift === "" ? [] : ["drift"] };
    },
    create: async (news) => {
      note(`create ${kind}`);
      return { id: `${kind}-${Date.now()}`, outs: stateOf(plain(news)) };
    },
    read: async (id, state) => ({ id, props: { ...state, drift: driftOf() } }),
    update: async (_id, _olds, news) => {
      note(`update ${kind}`);
      console.log(`${kind} is at work`);
      return { outs: stateOf(plain(news)) };
    },
    delete: async () => note(`delete ${kind}`),
  };
}

function writeLogin({ directory, host }) {
  fs.mkdirSync(resolvePath(`${directory}/docker`), { recursive: true });
  const login = { auths: { [host]: { auth: Buffer.from("robot:its secret").toString("base64") } } };
  fs.writeFileSync(resolvePath(`${directory}/docker/config.json`), JSON.stringify(login), { mode: 0o600 });
}

Object.assign(exports.handlers, {
  acmeCertificate: standIn(
    "certificate",
    () => ({
      issuer: "Stand-in CA",
      notAfter: new Date(Date.now() + 60 * 86_400_000).toISOString(),
      privateKey: "the TLS key",
    }),
    () => (fs.existsSync(resolvePath("due")) ? "the certificate is due" : ""),
  ),
  harborInstallation: standIn("installation", () => ({})),
  harborProject: standIn("project", () => ({ projectId: 1 })),
  harborContentTrust: standIn("gate", () => ({})),
  harborImmutableRule: standIn("rule", () => ({ ruleId: 1 })),
  harborRobot: standIn("robot", (inputs) => {
    writeLogin(inputs);
    return {
      username: `robot$${inputs.robotName}`,
      secret: "its secret",
      expiresAt: "never",
      previous: [],
      unreadable: [],
    };
  }),
  shadowCheck: standIn("shadow check", () => ({
    images: [
      {
        reference: "registry.example.com/apps/app",
        tags: [],
        signed: true,
        verdict: "failed",
        trusted: false,
        why: "",
      },
    ],
  })),
});
