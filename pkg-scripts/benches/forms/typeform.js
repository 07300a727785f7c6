import { createWidget } from "@typeform/embed";
import "@typeform/embed/build/css/widget.css";

createWidget("contact", { container: document.getElementById("app") });
