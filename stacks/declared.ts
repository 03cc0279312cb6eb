/** Things that a config lists by name, each made of its part. */
export class Declared<Part extends { readonly name: string }, Thing> {
  readonly all: readonly { readonly part: Part; readonly thing: Thing }[];

  constructor(parts: readonly Part[], make: (part: Part) => Thing) {
    this.all = parts.map((part) => ({ part, thing: make(part) }));
  }

  /** The validation of the config has found it to be there. */
  named(name: string): Thing {
    const found = this.all.find(({ part }) => part.name === name);
    if (found === undefined) throw new Error(`nothing that is called "${name}" was declared`);
    return found.thing;
  }

  where(is: (part: Part) => boolean): readonly Thing[] {
    return this.all.filter(({ part }) => is(part)).map(({ thing }) => thing);
  }
}
