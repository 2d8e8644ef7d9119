// What happens inside chat messages: opening sources, copying, labels for screen readers.
// Messages come from the server as finished HTML; this file only moves and marks it.
"use strict";

const WIDE = window.matchMedia("(min-width: 900px)");
const COPIED_MS = 2000;
const QUIET_MS = 120;
const UNCHOSEN = "未选省份"; // what the region lists show before anything is chosen
const WHOLE_PROVINCE = "全省";

/** Show the sources of an answer in the side panel, with copies of its cards. */
function fillPanel(answer) {
  const place = document.getElementById("source-cards");
  const sources = answer.querySelector(".sources");
  if (!place || !sources || place.dataset.answer === answer.id) return;
  const cards = [...sources.querySelectorAll(".card")].map((card) => {
    const copy = card.cloneNode(true);
    copy.id = `panel-${card.id}`;
    return copy;
  });
  place.replaceChildren(...cards);
  place.dataset.answer = answer.id;
  document.getElementById("side").scrollTop = 0;
}

/** Bring the card of a clicked [n] into view: beside the chat, or under the answer on a phone. */
function openSource(link) {
  const answer = link.closest(".answer");
  const id = link.getAttribute("href").slice(1);
  if (WIDE.matches) fillPanel(answer);
  const card = document.getElementById(WIDE.matches ? `panel-${id}` : id);
  if (!card) return;
  document.querySelectorAll(".card.open, .cite.open").forEach((node) => node.classList.remove("open"));
  card.classList.add("open");
  link.classList.add("open");
  card.tabIndex = -1;
  card.focus({ preventScroll: true });
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ block: WIDE.matches ? "nearest" : "start", behavior: calm ? "auto" : "smooth" });
}

/** Copy text also where the page has no secure context (http on a LAN address). */
async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "off-screen";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("copy refused");
}

async function copyAnswer(button) {
  const label = button.textContent;
  try {
    const kind = button.matches(".full") ? ".full" : ".short";
    await copyText(button.closest(".answer").querySelector(`.copy-text${kind}`).textContent);
    button.textContent = "已复制";
  } catch {
    button.textContent = "没能复制，请手动选择文字";
  }
  setTimeout(() => (button.textContent = label), COPIED_MS);
}

/** Gradio labels a message with its whole HTML, in English; readers should hear who speaks. */
function relabel(log) {
  const names = { user: "您的问题", bot: "助手的答复" };
  for (const [role, name] of Object.entries(names)) {
    for (const node of log.querySelectorAll(`[data-testid="${role}"]`)) {
      if (node.getAttribute("aria-label") !== name) node.setAttribute("aria-label", name);
    }
  }
  const list = log.querySelector('[role="log"]');
  if (list && list.getAttribute("aria-label") !== "对话") list.setAttribute("aria-label", "对话");
}

/** Gradio's own messages that have no translation. */
const WORDS = new Map([
  ["Error", "提示"],
  ["Warning", "提示"],
  ["Connection errored out.", "连接断开了，请检查网络；如果服务刚刚重启，请刷新页面再试。"],
  ["Connection to the server was lost. Attempting reconnection...", "与服务器的连接断开了，正在重新连接……"],
  ["请先登录。", "登录已过期，请刷新页面重新登录，您的问题会保留。"],
  ["This application is currently busy. Please try again.", "系统繁忙，请过几秒再发一次。"],
]);

function translateToasts() {
  for (const toast of document.querySelectorAll(".toast-wrap")) {
    const walker = document.createTreeWalker(toast, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const words = WORDS.get(node.data.trim());
      if (words) node.data = words;
    }
  }
}

/** After the region was asked for: once one is chosen, offer to answer the last question for it. */
function offerAgain() {
  const asked = document.querySelector(".region-question");
  const province = document.querySelector("#province input")?.value;
  if (!asked || !province || province === UNCHOSEN) return;
  const city = document.querySelector("#city input").value;
  const words = `按${province}${city === WHOLE_PROVINCE ? "" : city}再答一次`;
  if (asked.querySelector("button").textContent === words) return;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "ask-again";
  again.textContent = words;
  asked.replaceChildren(`已记住${province}。 `, again);
}

/** Send the last question once more. */
function askAgain() {
  const questions = document.querySelectorAll("#chat .question");
  const box = document.querySelector("#ask textarea");
  box.value = questions[questions.length - 1].textContent;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.querySelector("#ask .submit-button").click(), 50); // when Svelte has taken the text
}

let quiet = 0;

/** Show the page once its parts have stopped arriving. */
function showWhenBuilt() {
  if (document.body.classList.contains("ready") || !document.querySelector("#ask textarea")) return;
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    document.body.classList.add("ready");
    if (WIDE.matches) document.querySelector("#ask textarea").focus();
  }, QUIET_MS);
}

let newest = "";

/** After each change: labels, what can be asked or the talk, the newest answer's sources, its question at the top. */
function refresh() {
  showWhenBuilt();
  translateToasts();
  offerAgain();
  const log = document.getElementById("chat");
  const messages = log ? log.querySelectorAll(".answer, .stage") : [];
  document.body.classList.toggle("talking", messages.length > 0);
  if (!messages.length) {
    newest = "";
    clearPanel();
    return;
  }
  relabel(log);
  if (location.search) history.replaceState(null, "", location.pathname); // the next reload resumes the newest
  const last = messages[messages.length - 1];
  if (last.id === newest) return;
  newest = last.id;
  if (last.matches(".answer")) showMenu(false); // of head.js
  const questions = log.querySelectorAll(".question");
  questions[questions.length - 1]?.closest(".message-row")?.scrollIntoView({ block: "start" });
  if (last.querySelector(".sources")) fillPanel(last);
  else clearPanel();
}

let emptyPanel = null;

function clearPanel() {
  const place = document.getElementById("source-cards");
  if (!place) return;
  emptyPanel ??= place.cloneNode(true);
  if (!place.dataset.answer) return;
  place.replaceChildren(...emptyPanel.cloneNode(true).childNodes);
  delete place.dataset.answer;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.cite");
  if (link) {
    event.preventDefault();
    openSource(link);
  }
  if (event.target.closest(".ask-again")) askAgain();
  const button = event.target.closest("button.copy");
  if (button) copyAnswer(button);
});

document.documentElement.lang = "zh-CN";
new MutationObserver(refresh).observe(document.body, {
  childList: true,
  subtree: true,
  attributes: true,
  attributeFilter: ["aria-label"],
});
showWhenBuilt();
