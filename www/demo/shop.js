// The shop's own script: copies the snippet. Everything on the pages works without it.

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
