// The head of the page: its links, logging out, and on small screens the menu the rest of it folds into.
"use strict";

/** Open or close what the head folds away once people talk, or where the screen is low. */
function showMenu(open) {
  document.body.classList.toggle("menu-open", open);
  document.getElementById("menu")?.setAttribute("aria-expanded", String(open));
}

/** Gradio opens every link of a Markdown text in a new tab; ours in the head stay in this one. */
function openHere(event, link) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  location.assign(link.href);
}

/** Leave nothing for whoever sits down here next; the server takes a logout only as a form. */
function logOut(event) {
  event.preventDefault();
  sessionStorage.clear();
  localStorage.clear();
  const form = document.createElement("form");
  form.method = "post";
  form.action = "logout";
  document.body.append(form);
  form.submit();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#links a, #account a");
  if (link?.getAttribute("href") === "logout") logOut(event);
  else if (link) openHere(event, link);
  if (event.target.closest("#menu")) showMenu(!document.body.classList.contains("menu-open"));
  if (event.target.closest(".choose-region")) {
    showMenu(true);
    document.querySelector("#province input").focus();
  }
});
