// 有用 / 没用 under each answer. The form is built here because the chat's sanitiser drops text areas.
"use strict";

const REASONS = ["答非所问", "依据有误", "已过期", "不完整", "请人工核对"];
const COMMENT_CHARS = 300;

function exchangeOf(node) {
  return Number(node.closest(".answer").id.replace("answer-", ""));
}

async function sendRating(button, rating) {
  const reply = await fetch("api/feedback", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ exchange: exchangeOf(button), ...rating }),
  }).catch(() => null);
  if (!reply?.ok) throw new Error("not kept");
}

/** Mark the chosen button, or say on it that the opinion was not kept. */
async function rate(button, rating) {
  try {
    await sendRating(button, rating);
    const buttons = button.closest(".answer").querySelectorAll("button.rate");
    buttons.forEach((node) => node.classList.toggle("chosen", node.matches(`.${rating.verdict}`)));
    return true;
  } catch {
    button.textContent = "没能保存，请再点一次";
    return false;
  }
}

function reasonBox(reason) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.value = reason;
  label.append(box, reason);
  return label;
}

/** Ask what was wrong; the plain 没用 is already kept when this opens. */
function openForm(button) {
  const answer = button.closest(".answer");
  if (answer.querySelector(".feedback")) return;
  const form = document.createElement("form");
  form.className = "feedback";
  const comment = document.createElement("textarea");
  comment.maxLength = COMMENT_CHARS;
  comment.placeholder = "哪里不对？可以写正确的说法或文件名（可不填，请不要写居民个人信息）";
  comment.setAttribute("aria-label", "补充说明");
  const send = document.createElement("button");
  send.textContent = "提交";
  form.append(...REASONS.map(reasonBox), comment, send);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reasons = [...form.querySelectorAll("input:checked")].map((box) => box.value);
    if (await rate(button, { verdict: "down", reasons, comment: comment.value })) form.replaceChildren("已记录，谢谢。");
  });
  button.closest(".tools").after(form);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.rate");
  if (!button) return;
  const verdict = button.matches(".up") ? "up" : "down";
  if ((await rate(button, { verdict })) && verdict === "down") openForm(button);
  if (verdict === "up") button.closest(".answer").querySelector(".feedback")?.remove();
});
