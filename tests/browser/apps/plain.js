// The JS API without a framework: the same app by hand.
import { mount } from "leadkit";

const { edge: endpoint } = document.body.dataset;
const app = document.getElementById("app");
const heard = [];
const onEvent = (type, { id }) => {
  heard.push(id ? `${type} ${id}` : type);
  app.querySelector("output").textContent = heard.join(",");
};
const OWN = `<form class="own" lang="en"><label>Your name <input name="full_name"></label> <label>E-mail <input name="email"></label>
<label><input type="checkbox" name="privacy"> Yes <i>0</i></label> <button>Send</button></form>`;
app.innerHTML = `<button id="other">Other page</button><button id="more">0</button><main></main><output></output>`;
const main = app.querySelector("main");
let end = () => undefined;
function show(html) {
  end();
  main.innerHTML = html;
  end = mount(main.firstElementChild, { form: "contact", endpoint, site: "shop", onEvent });
}
show(OWN);
app.querySelector("#other").onclick = () => show(main.querySelector(".own") ? "<lead-form></lead-form>" : OWN);
app.querySelector("#more").onclick = ({ target }) => {
  target.textContent = Number(target.textContent) + 1;
  main.querySelector("i").textContent = target.textContent;
};
