// The shop's own script: copies snippets, stands for a consent tool, and shows events. All forms work without it.

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", () => {
    const source = document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(source.textContent).then(
      () => {
        button.textContent = button.dataset.copied;
      },
      () => getSelection().selectAllChildren(source),
    );
  });
}

const touch = document.querySelector('[data-shows="touch"]');

function showTouch() {
  const [key] = Object.keys(localStorage).filter((name) => name.startsWith("leadkit.touch."));
  touch.textContent = key ? `${key}: ${localStorage.getItem(key)}` : "localStorage: –";
}

for (const button of document.querySelectorAll("button[data-consent]")) {
  button.addEventListener("click", () => {
    const device = button.dataset.consent === "yes";
    document.dispatchEvent(new CustomEvent("leadkit:consent", { detail: { device } }));
    showTouch();
  });
}
if (touch) showTouch();

const log = document.querySelector('[data-shows="events"]');
if (log) {
  for (const type of ["ready", "problems", "kept", "received", "refused", "waiting", "dropped"]) {
    document.addEventListener(`leadkit:${type}`, ({ detail }) => {
      log.textContent += `leadkit:${type} ${JSON.stringify(detail)}\n`;
      if (type === "received") {
        queueMicrotask(() => {
          log.textContent += `dataLayer ${JSON.stringify(globalThis.dataLayer ?? [])}\n`;
        });
      }
    });
  }
}
