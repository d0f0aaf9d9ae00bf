/* The key "/" puts the cursor into the search of the banner; a form asks for it by data-module="@package@-search". */
ckan.module("@package@-search", function () {
  return {
    initialize: function () {
      const field = this.el[0].querySelector("input");
      document.addEventListener("keydown", function (event) {
        const typing = event.target.closest("input, textarea, select, [contenteditable]");
        if (event.key === "/" && !typing) {
          event.preventDefault();
          field.focus();
        }
      });
    },
  };
});
