import { Model } from "survey-core";
import { renderSurvey } from "survey-js-ui";
import "survey-core/survey-core.min.css";

const elements = [
  { type: "text", name: "full_name", title: "Your name", isRequired: true },
  {
    type: "text",
    name: "email",
    title: "E-mail",
    inputType: "email",
    isRequired: true,
    validators: [{ type: "email" }],
  },
  { type: "text", name: "phone", title: "Telephone", inputType: "tel" },
];
renderSurvey(new Model({ elements }), document.getElementById("app"));
