// The desk works without this. It tries a draft while someone types, and nothing else.
const draft = document.getElementById("draft");
if (draft) {
  const result = document.getElementById("result");
  const working = document.getElementById("working");
  let timer, asked = 0;
  const attempt = async () => {
    const words = new URLSearchParams(new FormData(draft));
    if (!words.get("when").trim()) return;
    const mine = ++asked;
    working.textContent = "trying…";
    history.replaceState(null, "", "/rules/try?" + words);
    words.set("part", "1");
    try {
      const answer = await fetch("/rules/try?" + words);
      if (mine !== asked) return;
      if (answer.redirected || !answer.ok) { working.textContent = "not tried: load the page again"; return; }
      result.innerHTML = await answer.text();
      working.textContent = "";
    } catch {
      working.textContent = "not tried: the desk does not answer";
    }
  };
  draft.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(attempt, 400); });
}
