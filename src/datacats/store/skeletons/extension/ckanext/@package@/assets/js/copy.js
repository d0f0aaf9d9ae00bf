/* A button that copies a line; an element asks for it by data-module="@slug@-copy". */
ckan.module("@slug@-copy", function () {
  return {
    initialize: function () {
      const code = this.el[0].querySelector("code");
      const button = this.el[0].querySelector("button");
      if (!navigator.clipboard) {
        return;
      }
      button.hidden = false;
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(code.textContent.trim());
      });
    },
  };
});
