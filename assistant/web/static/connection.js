// A question whose connection broke off, because the server was restarted or the cable pulled: Gradio would
// wait for its answer for ever. This says so, waits for the server, and opens the page anew with the question kept.
"use strict";

const SLOW_MS = 8000; // an answer takes longer than this only with a language model, so only then the server is asked
const TRY_MS = 2000;
const RESUMED_MS = 5000; // after this there is no conversation to wait for
const KEPT = "assistant-unanswered";

let waitingSince = 0;
let sent = null; // the question in the box when it was sent, until the page shows that it was taken
let lost = false;
let kept = sessionStorage.getItem(KEPT); // by the page before this one; what this page keeps is for the next

async function serverAnswers() {
  const reply = await fetch("healthz", { cache: "no-store" }).catch(() => null);
  return Boolean(reply?.ok);
}

/** Look whether a question still waits for its answer on a connection that is gone. */
async function watchWaiting() {
  const stage = document.querySelector("#chat .stage");
  if (lost || !stage) {
    waitingSince = 0;
    return;
  }
  waitingSince ||= Date.now();
  const cutOff = document.querySelector("#hint .error"); // Gradio's mark on what the event should have filled
  if (!cutOff && (Date.now() - waitingSince < SLOW_MS || (await serverAnswers()))) return;
  lost = true;
  stage.textContent = "与服务器的连接断开了，正在重新连接……您的问题会保留在输入框里。";
  keepQuestion();
  await openAnew();
}

/** A question whose connection broke before anything was shown stays in the box, and Gradio lets none follow it. */
async function watchSent() {
  if (lost || !sent) return;
  const told = document.querySelector("#hint p, .toast-wrap .toast-body"); // refused: it may be sent again
  const taken = document.querySelector("#ask textarea").value !== sent.question;
  if (told || taken) sent = null;
  else if (Date.now() - sent.at > SLOW_MS) {
    lost = true;
    keepQuestion();
    await openAnew();
  }
}

function noteSent() {
  const question = document.querySelector("#ask textarea").value;
  sent = question.trim() ? { question, at: Date.now() } : null;
}

function keepQuestion() {
  const questions = document.querySelectorAll("#chat .question");
  const typed = document.querySelector("#ask textarea").value;
  sessionStorage.setItem(KEPT, typed || questions[questions.length - 1].textContent);
}

/** The next page is the login; the question is put back after it. */
function keepWhenLoggedOut() {
  const told = document.querySelector(".toast-wrap")?.textContent ?? "";
  if (told.includes("登录已过期")) keepQuestion();
}

async function openAnew() {
  while (!(await serverAnswers())) await new Promise((over) => setTimeout(over, TRY_MS));
  location.reload();
}

/** Put a kept question back into the box once the page stands, unless it has been answered after all. */
function putBack() {
  const box = document.querySelector("#ask textarea");
  const resumed = document.body.classList.contains("talking") || performance.now() > RESUMED_MS;
  if (!kept || lost || !box || !resumed) return;
  const question = kept;
  kept = null;
  sessionStorage.removeItem(KEPT);
  const questions = document.querySelectorAll("#chat .question");
  if (questions.length && questions[questions.length - 1].textContent === question) return;
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

setInterval(() => {
  putBack();
  keepWhenLoggedOut();
  watchWaiting();
  watchSent();
}, 1000);

document.addEventListener("click", (event) => event.target.closest("#ask .submit-button") && noteSent(), true);
document.addEventListener(
  "keydown",
  (event) => event.key === "Enter" && !event.shiftKey && event.target.matches("#ask textarea") && noteSent(),
  true, // before Gradio empties the box
);
