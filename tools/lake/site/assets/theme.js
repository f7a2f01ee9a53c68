// Runs before the page is painted, so that a remembered theme does not flash.
try {
  const theme = localStorage.getItem("catalogue-theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused, as some browsers do for files: the system's theme stays.
}
