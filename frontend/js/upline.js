import Alpine from "@alpinejs/csp";
document.addEventListener("DOMContentLoaded", () => Alpine.start());
