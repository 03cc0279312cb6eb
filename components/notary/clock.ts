/** The present, as an argument: the core never reads the machine's clock by itself. */
export type Clock = () => Date;
