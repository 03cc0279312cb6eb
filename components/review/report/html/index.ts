export { renderHtml } from "./renderHtml";
