// The button of the print view. Without script the browser's own command prints the same page.
"use strict";

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
