// Leaving the chat page is no fault. Gradio 6.31 breaks off its own stream of answers before the page is left, and then
// reports a lost connection: errors in the console, a notice, and a page opened anew by connection.js in place of the
// one asked for, where that is slow to come. The browser ends the stream by itself, and only when the page really goes:
// a download does not take it away. This file is loaded before Gradio, so that its listener comes first.
"use strict";

window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation());
