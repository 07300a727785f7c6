import { zodResolver } from "@hookform/resolvers/zod";
import { parsePhoneNumberFromString } from "libphonenumber-js";
import { createRoot } from "react-dom/client";
import { useForm } from "react-hook-form";
import { z } from "zod";

const schema = z.object({
  full_name: z.string().min(1),
  email: z.email(),
  phone: z.string().refine((text) => text === "" || parsePhoneNumberFromString(text, "DE")?.isValid()),
});

function Form() {
  const { register, handleSubmit, formState } = useForm({ resolver: zodResolver(schema) });
  const field = (name, label) => (
    <p>
      <label>
        {label} <input {...register(name)} />
      </label>{" "}
      {formState.errors[name] && <span role="alert">{formState.errors[name].message}</span>}
    </p>
  );
  return (
    <form onSubmit={handleSubmit((values) => fetch("/leads", { method: "POST", body: JSON.stringify(values) }))}>
      {field("full_name", "Your name")}
      {field("email", "E-mail")}
      {field("phone", "Telephone")}
      <button type="submit">Send</button>
    </form>
  );
}
createRoot(document.getElementById("app")).render(<Form />);
