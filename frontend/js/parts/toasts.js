// Short notes go away by themselves, unless they tell of an error or are being read.
const SHOWN_MS = 8000;

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(() => leave(toast), SHOWN_MS);
  else toast.remove();
}

export function dismissToasts() {
  document.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
  });
  for (const toast of document.querySelectorAll('[data-toast][role="status"]')) {
    setTimeout(() => leave(toast), SHOWN_MS);
  }
}
