import "./abort.mjs";

export { default } from "./build/index.js";
