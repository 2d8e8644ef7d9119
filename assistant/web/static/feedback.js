// 有用 / 没用 and 人工核对 under each answer. The forms are built here: the chat's sanitiser drops text areas.
"use strict";

const REASONS = ["答非所问", "依据有误", "已过期", "不完整", "请人工核对"];
const OUTCOMES = ["与原文一致", "有出入"];
const COMMENT_CHARS = 300;
const NAME_CHARS = 20;
const CHECKER = "assistant-checker"; // the name is typed once per browser

function exchangeOf(node) {
  return Number(node.closest(".answer").id.replace("answer-", ""));
}

/** Say something about the answer a node stands in; throws when it was not kept. */
async function tell(path, node, said) {
  const reply = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ exchange: exchangeOf(node), ...said }),
  }).catch(() => null);
  if (!reply?.ok) throw new Error("not kept");
  return reply;
}

/** Mark the chosen button, or say on it that the opinion was not kept. */
async function rate(button, rating) {
  try {
    await tell("api/feedback", button, rating);
    const buttons = button.closest(".answer").querySelectorAll("button.rate");
    buttons.forEach((node) => node.classList.toggle("chosen", node.matches(`.${rating.verdict}`)));
    return true;
  } catch {
    button.textContent = "没能保存，请再点一次";
    return false;
  }
}

function choice(type, words) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = type;
  box.name = "choice";
  box.value = words;
  label.append(box, words);
  return label;
}

function commentBox(placeholder) {
  const comment = document.createElement("textarea");
  comment.maxLength = COMMENT_CHARS;
  comment.placeholder = placeholder;
  comment.setAttribute("aria-label", "补充说明");
  return comment;
}

function submitButton() {
  const send = document.createElement("button");
  send.textContent = "提交";
  return send;
}

/** A form under the tools; a second click on its button closes it again. */
function openUnder(button, kind, ...parts) {
  const answer = button.closest(".answer");
  const open = answer.querySelector(`form.${kind}`);
  answer.querySelectorAll("form.feedback").forEach((form) => form.remove());
  if (open) return null;
  const form = document.createElement("form");
  form.className = `feedback ${kind}`;
  form.append(...parts, submitButton());
  button.closest(".tools").after(form);
  form.scrollIntoView({ block: "nearest" });
  return form;
}

/** Ask what was wrong; the plain 没用 is already kept when this opens. */
function openForm(button) {
  const comment = commentBox("哪里不对？可以写正确的说法或文件名（可不填，请不要写居民个人信息）");
  const boxes = REASONS.map((reason) => choice("checkbox", reason));
  const form = openUnder(button, "why", ...boxes, comment);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reasons = [...form.querySelectorAll("input:checked")].map((box) => box.value);
    if (await rate(button, { verdict: "down", reasons, comment: comment.value })) form.replaceChildren("已记录，谢谢。");
  });
}

/** Ask who compared the answer with the originals and what came out (人工核对). */
function openCheck(button) {
  const name = document.createElement("input");
  name.maxLength = NAME_CHARS;
  name.required = true;
  name.placeholder = "核对人";
  name.setAttribute("aria-label", "核对人");
  name.value = localStorage.getItem(CHECKER) ?? "";
  const outcomes = OUTCOMES.map((outcome) => choice("radio", outcome));
  outcomes[0].querySelector("input").required = true;
  const comment = commentBox("备注：核对了哪份文件、哪里有出入（可不填）");
  const form = openUnder(button, "compared", name, ...outcomes, comment);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const outcome = form.querySelector("input:checked").value;
    localStorage.setItem(CHECKER, name.value.trim());
    try {
      const reply = await tell("api/check", form, { name: name.value, outcome, note: comment.value });
      const line = form.closest(".answer").querySelector(".checked");
      line.textContent = (await reply.json()).text;
      line.classList.add("done");
      form.remove();
    } catch {
      form.querySelector("button").textContent = "没能保存，请再点一次";
    }
  });
  (name.value ? outcomes[0].querySelector("input") : name).focus();
}

document.addEventListener("click", async (event) => {
  const check = event.target.closest("button.check-answer");
  if (check) openCheck(check);
  const button = event.target.closest("button.rate");
  if (!button) return;
  const verdict = button.matches(".up") ? "up" : "down";
  if ((await rate(button, { verdict })) && verdict === "down" && !button.closest(".answer").querySelector(".why")) openForm(button);
  if (verdict === "up") button.closest(".answer").querySelector(".feedback.why")?.remove();
});
