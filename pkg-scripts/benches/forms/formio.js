import { Formio } from "@formio/js";
import "@formio/js/dist/formio.form.min.css";

const components = [
  { type: "textfield", key: "full_name", label: "Your name", input: true, validate: { required: true } },
  { type: "email", key: "email", label: "E-mail", input: true, validate: { required: true } },
  { type: "phoneNumber", key: "phone", label: "Telephone", input: true },
  { type: "button", action: "submit", key: "submit", label: "Send", input: true },
];
Formio.createForm(document.getElementById("app"), { components });
