import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { findProject } from "./api/projects";
import { findRobot, type Robot } from "./api/robots";
import { HarborError } from "./error";
import { openHarbor } from "./open";
import { noteDeclared } from "./robotDeclarations";
import { deleteLogin, driftOfLogin, isAccepted, writeLogin } from "./robotLogin";
import {
  findDeclared,
  type LiveRobot,
  makeOrTakeOver,
  type RobotInputs,
  renewLogin,
  robotDifferences,
  robotJournal,
  robotNameOf,
  shownRobot,
} from "./robotMaking";
import { abandonedRobots, beginRotation, forgetRotations, removeAbandoned, removeRobots } from "./robotRotation";
import { expiryNotice, inOrder, isExpired, overlapMs, permissionsOf } from "./robotTerms";
import { previewTakeOver } from "./takeOver";

export type { RobotInputs } from "./robotMaking";

/** `secret` is a secret. */
export interface RobotOutputs extends LiveRobot {
  /** Robots whose place was taken, and that still serve those who have not switched. */
  readonly previous: readonly PreviousRobot[];
  /** Names of the outputs that Harbor does not tell: the secret of a robot that was taken over. */
  readonly unreadable: readonly string[];
}

export interface PreviousRobot {
  readonly id: number;
  /** Without Harbor's prefix. */
  readonly name: string;
  /** ISO 8601; it is removed at the first `up` after that. */
  readonly until: string;
}

type State = RobotInputs & RobotOutputs;

const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** A login for machines. It is replaced by another word for `rotation`: both are accepted until the overlap is over. */
export const harborRobot: ResourceDefinition<RobotInputs, RobotOutputs> = {
  compared: [
    "harbor",
    "host",
    "project",
    "robotName",
    "rotation",
    "permissions",
    "description",
    "duration",
    "directory",
  ],
  replaceOn: ["project", "robotName"],

  async check(news, olds) {
    const inputs = isUnknown(news.permissions) ? news : { ...news, permissions: inOrder(news.permissions) };
    assertInputs(inputs);
    noteDeclared(inputs, olds);
    if (news.lookAhead && olds.robotName === undefined && !isUnknown(news)) {
      await previewTakeOver(shownRobot(inputs), async () => {
        const { robot } = await findDeclared(openHarbor(inputs.harbor), inputs);
        return robot === undefined ? [] : robotDifferences(inputs, robot);
      });
    }
    return inputs;
  },

  async create(inputs) {
    const abandoned = await abandonedRobots(inputs, [robotNameOf(inputs)]);
    await beginRotation(inputs, abandoned);
    const robot = await makeOrTakeOver(inputs, inputs.adopt);
    return { id: shownRobot(inputs), outputs: await kept(inputs, robot, [], abandoned) };
  },

  async observe(state) {
    await robotJournal(state).saved(state.robotId);
    const client = openHarbor(state.harbor);
    const project = await findProject(client, state.project);
    if (project === undefined) return { drift: `project ${state.project} is gone, and its robots with it` };
    const live = await findRobot(client, { project, name: robotNameOf(state) });
    if (live === undefined) return { drift: `${shownRobot(state)} is gone` };
    const abandoned = await abandonedRobots(state, namesOf(state));
    return {
      drift: [
        ...(await driftsOf(state, live)),
        ...state.previous.filter(isOver).map(shownPrevious),
        ...abandoned.map((name) => `robot ${name} was begun by a run that did not end`),
      ].join("; "),
    };
  },

  async update(state, inputs) {
    const name = robotNameOf(state);
    const isRotation = name !== robotNameOf(inputs);
    if (isRotation && state.previous.some((one) => one.name === robotNameOf(inputs))) {
      throw new HarborError(
        "ROTATION_REUSED",
        `${shownRobot(inputs)} was replaced before and still serves: a word for \`rotation\` is used once, declare another`,
      );
    }
    const until = new Date(Date.now() + overlapMs(inputs.overlap)).toISOString();
    const isHere = await isSameHarbor(state, inputs);
    const declared = robotNameOf(inputs);
    const isSameAddress = state.harbor.url === inputs.harbor.url;
    const abandoned = isSameAddress ? await abandonedRobots(state, [...namesOf(state), declared]) : [];
    if (isRotation) await beginRotation(inputs, abandoned);
    const robot = await (isHere && !isRotation
      ? mended(state, inputs)
      : makeOrTakeOver(inputs, !isHere && inputs.adopt));
    const replaced = isRotation ? [{ id: state.robotId, name, until }] : [];
    // Ids mean something else in another Harbor.
    const previous = isHere ? [...state.previous, ...replaced] : [];
    const outputs = await kept(inputs, robot, previous, abandoned);
    const { secret } = state;
    if (state.directory !== inputs.directory && secret !== undefined) await deleteLogin({ ...state, secret });
    return outputs;
  },

  async delete(state) {
    const client = openHarbor(state.harbor);
    await removeRobots(client, state, [...state.previous, { id: state.robotId, name: robotNameOf(state) }]);
    await removeAbandoned(client, state, await abandonedRobots(state, namesOf(state)));
    if (state.secret !== undefined) await deleteLogin({ ...state, secret: state.secret });
    await robotJournal(state).forget();
    await forgetRotations(state);
  },
};

/** Of the robots that the state knows. */
function namesOf(state: State): string[] {
  return [robotNameOf(state), ...state.previous.map(({ name }) => name)];
}

/** The same robot as declared; another one when it is gone. */
async function mended(state: State, inputs: RobotInputs): Promise<LiveRobot> {
  const client = openHarbor(inputs.harbor);
  const { robot: live } = await findDeclared(client, inputs);
  if (live?.id !== state.robotId) return await makeOrTakeOver(inputs, inputs.adopt);
  const robot = await renewLogin(client, inputs, live, state.secret);
  const notice = expiryNotice(live, new Date());
  if (notice !== "") console.log(`${shownRobot(inputs)}: ${notice}`);
  return robot;
}

/** Another address is the same Harbor's when the login is accepted there. */
async function isSameHarbor({ harbor, username, secret }: State, inputs: RobotInputs): Promise<boolean> {
  if (harbor.url === inputs.harbor.url) return true;
  return secret !== undefined && (await isAccepted({ ...inputs, username, secret }));
}

/** Writes the login, and removes those whose overlap is over, or that nobody declares: at last, when the new one works. */
async function kept(
  inputs: RobotInputs,
  robot: LiveRobot,
  previous: readonly PreviousRobot[],
  abandoned: readonly string[],
): Promise<RobotOutputs> {
  const { username, secret } = robot;
  if (secret !== undefined) await writeLogin({ ...inputs, username, secret });
  const client = openHarbor(inputs.harbor);
  await removeRobots(client, inputs, previous.filter(isOver));
  await removeAbandoned(client, inputs, abandoned);
  return {
    ...robot,
    previous: previous.filter((one) => !isOver(one)),
    unreadable: secret === undefined ? ["secret"] : [],
  };
}

async function driftsOf(state: State, live: Robot): Promise<string[]> {
  if (live.id !== state.robotId) return ["somebody else has deleted it and made it anew"];
  const now = new Date();
  const drifts = [...robotDifferences(state, live), expiryNotice(live, now)];
  if (live.fullName !== state.username) drifts.push(`it logs in as ${live.fullName} now, no more as ${state.username}`);
  const { secret } = state;
  if (secret === undefined) return drifts.filter((drift) => drift !== "");
  drifts.push(await driftOfLogin({ ...state, secret }));
  const canLogIn = !live.disabled && !isExpired(live, now);
  if (canLogIn && !(await isAccepted({ ...state, username: live.fullName, secret }))) {
    drifts.push("its secret is another one now");
  }
  return drifts.filter((drift) => drift !== "");
}

function assertInputs({ robotName, rotation, permissions, overlap, duration }: RobotInputs): void {
  const names = { robotName, rotation };
  for (const [property, name] of Object.entries(names)) {
    if (name !== undefined && !isUnknown(name) && !NAME.test(name)) {
      throw new PropertyError(property, "lower-case letters and digits, with `.`, `_` or `-` between them");
    }
  }
  if (!isUnknown(duration) && duration !== -1 && !(Number.isSafeInteger(duration) && duration > 0)) {
    throw new PropertyError(
      "duration",
      "a whole number of days above zero; leave it out for a robot that never expires",
    );
  }
  const asProperty = (property: string, parse: () => unknown) => {
    try {
      parse();
    } catch (error) {
      throw error instanceof HarborError ? new PropertyError(property, error.message) : error;
    }
  };
  asProperty("overlap", () => isUnknown(overlap) || overlapMs(overlap));
  asProperty("permissions", () => isUnknown(permissions) || permissionsOf(permissions, ""));
}

function isOver({ until }: PreviousRobot): boolean {
  return Date.parse(until) <= Date.now();
}

function shownPrevious({ name, until }: PreviousRobot): string {
  return `robot ${name} was replaced, and its overlap ended on ${until}: it is removed`;
}
