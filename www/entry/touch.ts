// The entry `leadkit/touch`: where visitors came from, for who uses the JS API.
export { type Touch, type Touches, touches } from "../browser/touch/touch.js";
