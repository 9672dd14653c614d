// What a page does beyond what it says. Everything works without it.
import { createAll, Button, ErrorSummary, Radios, Checkboxes, ServiceNavigation, SkipLink } from "./vendor/govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const part of [Button, ErrorSummary, Radios, Checkboxes, ServiceNavigation, SkipLink]) {
  createAll(part);
}

// A session that is about to end says so, in time to go on.
const ending = document.querySelector(".desk-ending");
if (ending) {
  // how long it lasts, not when it ends: the clock of this machine may differ from the desk's
  const endsAt = Date.now() + Number(ending.dataset.secondsLeft) * 1000;
  const warnMs = Number(ending.dataset.warnSeconds) * 1000;
  const tell = () => {
    const left = endsAt - Date.now();
    if (left <= 0) {
      ending.textContent = "Your session has ended. What you have typed is still here, but can’t be sent. ";
      const link = document.createElement("a");
      link.href = "/sign-in";
      link.className = "govuk-link";
      link.textContent = "Sign in again";
      ending.append(link);
    } else {
      const minutes = Math.max(1, Math.ceil(left / 60000));
      ending.textContent = `Your session ends in ${minutes} ${minutes === 1 ? "minute" : "minutes"}. `;
      const link = document.createElement("a");
      link.href = "/session";
      link.className = "govuk-link";
      link.textContent = "Stay signed in";
      ending.append(link);
    }
    ending.hidden = false;
  };
  const untilWarning = Math.max(0, endsAt - warnMs - Date.now());
  setTimeout(tell, untilWarning);
  setTimeout(tell, Math.max(0, endsAt - Date.now()) + 1000);
}

// Printing by a button where there is a script; without one, the browser's own menu does it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
