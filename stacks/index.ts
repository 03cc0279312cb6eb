import { program } from "./program";

// The engine's Node runtime runs a module that is a function, and takes what it returns as the stack's outputs.
module.exports = () => program();
