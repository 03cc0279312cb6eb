import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

const TYPES = { A: 1, NS: 2, CNAME: 5, TXT: 16 } as const;
type RecordType = keyof typeof TYPES;

export interface DnsQuestion {
  name: string;
  /** Undefined for types that the server has no records of. */
  type: RecordType | undefined;
}

/** A name server on loopback, over UDP and TCP on one port. */
export interface TestDnsServer {
  /** `127.0.0.1:PORT`. */
  address: string;
  questions: DnsQuestion[];
  /** The records of a name: texts, names or IPv4 addresses; none when it answers nothing. */
  records: (question: DnsQuestion) => string[] | Promise<string[]>;
  stop(): Promise<void>;
}

export async function startDnsServer(): Promise<TestDnsServer> {
  const answerTo = async (query: Buffer): Promise<Buffer> => {
    const { question, end } = readQuestion(query);
    server.questions.push(question);
    const values = question.type === undefined ? [] : await server.records(question);
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8580, 2); // an authoritative answer
    header.writeUInt16BE(values.length, 6);
    header.fill(0, 8, 12);
    const answers = values.map((value) => record(question.type as RecordType, value));
    return Buffer.concat([header, query.subarray(12, end), ...answers]);
  };
  const tcp = createServer((socket) => {
    let read = Buffer.alloc(0);
    socket
      .on("error", () => undefined)
      .on("data", async (chunk) => {
        read = Buffer.concat([read, chunk as Buffer]);
        if (read.length < 2 || read.length < 2 + read.readUInt16BE(0)) return;
        const answer = await answerTo(read.subarray(2));
        socket.end(Buffer.concat([number16(answer.length), answer]));
      });
  });
  const udp = createSocket("udp4");
  udp.on("message", async (query, from) => udp.send(await answerTo(query), from.port, from.address));
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  udp.bind(port, "127.0.0.1");
  await once(udp, "listening");
  const server: TestDnsServer = {
    address: `127.0.0.1:${port}`,
    questions: [],
    records: () => [],
    async stop() {
      udp.close();
      tcp.close();
      await once(tcp, "close");
    },
  };
  return server;
}

/** RFC 1035 § 4.1.2. */
function readQuestion(query: Buffer): { question: DnsQuestion; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const code = query.readUInt16BE(at + 1);
  const type = (Object.keys(TYPES) as RecordType[]).find((name) => TYPES[name] === code);
  return { question: { name: labels.join(".").toLowerCase(), type }, end: at + 5 };
}

/** RFC 1035 § 4.1.3, of the name that was asked for. */
function record(type: RecordType, value: string): Buffer {
  const data =
    type === "TXT"
      ? Buffer.concat([Buffer.of(value.length), Buffer.from(value)])
      : type === "A"
        ? Buffer.from(value.split(".").map(Number))
        : Buffer.concat([
            ...value.split(".").map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])),
            Buffer.of(0),
          ]);
  return Buffer.concat([
    number16(0xc00c),
    number16(TYPES[type]),
    number16(1),
    Buffer.alloc(4),
    number16(data.length),
    data,
  ]);
}

function number16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
