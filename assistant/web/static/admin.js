// The administrator's pages: send files, follow a job, ask before what cannot be undone.
"use strict";

const FOLLOW_MS = 800;

/** Replace the page's content by what the server says now, until nothing runs any more. */
async function follow() {
  if (!document.querySelector("[data-running]")) return;
  await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
  try {
    const reply = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
  } catch {
    const note = document.querySelector("[data-running]");
    note.textContent = "连不上服务，正在重试……";
  }
  follow();
}

/** Ask, on every form that says so, before it is sent. */
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

/** Send one file; tells the share sent so far. */
function send(batch, file, onShare) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `incoming/${batch}?name=${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (event) => onShare(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 300) return resolve();
      let words = "";
      try { words = JSON.parse(request.responseText).error; } catch { /* no JSON: told below */ }
      reject(new Error(words || "没有传成，请重试。"));
    };
    request.onerror = () => reject(new Error("连不上服务，请检查网络后重试。"));
    request.send(file);
  });
}

/** Send the files one after the other, then have them read. */
async function take(zone, files) {
  const told = zone.querySelector("output");
  const bar = zone.querySelector("progress");
  bar.hidden = false;
  try {
    const begun = await fetch("incoming", { method: "POST" });
    if (!begun.ok) throw new Error("登录已过期，请刷新页面重新登录。");
    const { batch } = await begun.json();
    for (const [at, file] of files.entries()) {
      told.textContent = `正在传第 ${at + 1} 个，共 ${files.length} 个：${file.name}`;
      await send(batch, file, (share) => { bar.value = (at + share) / files.length; });
    }
    told.textContent = "已传完，正在读取……";
    const form = zone.querySelector("form[action=check]");
    form.elements.batch.value = batch;
    form.submit();
  } catch (fault) {
    bar.hidden = true;
    told.textContent = fault.message;
  }
}

const zone = document.querySelector(".drop");
if (zone) {
  const picker = zone.querySelector("input[type=file]");
  picker.addEventListener("change", () => picker.files.length && take(zone, [...picker.files]));
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) take(zone, [...event.dataTransfer.files]);
  });
}

follow();
