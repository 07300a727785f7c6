import { LeadForm } from "leadkit/react";
import { useState } from "react";
import { createRoot } from "react-dom/client";

function App({ endpoint }) {
  const [page, setPage] = useState("own");
  const [clicks, setClicks] = useState(0);
  const [heard, setHeard] = useState([]);
  const onEvent = (type, { id }) => setHeard((before) => [...before, id ? `${type} ${id}` : type]);
  return (
    <>
      <button type="button" id="other" onClick={() => setPage(page === "own" ? "edge" : "own")}>
        Other page
      </button>
      <button type="button" id="more" onClick={() => setClicks(clicks + 1)}>
        {clicks}
      </button>
      {page === "own" ? (
        <LeadForm form="contact" endpoint={endpoint} site="shop" onEvent={onEvent} className="own" lang="en">
          <label>
            Your name <input name="full_name" />
          </label>
          <label>
            E-mail <input name="email" />
          </label>
          <label>
            <input type="checkbox" name="privacy" /> Yes {clicks}
          </label>
          <button type="submit">Send</button>
        </LeadForm>
      ) : (
        <LeadForm form="contact" endpoint={endpoint} site="shop" onEvent={onEvent} />
      )}
      <output>{heard.join(",")}</output>
    </>
  );
}

createRoot(document.getElementById("app")).render(<App endpoint={document.body.dataset.edge} />);
