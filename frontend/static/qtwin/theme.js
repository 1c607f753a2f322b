{let t=null;try{t=localStorage.getItem("qtwin-theme")}catch{}(t==="light"||t==="dark")&&(document.documentElement.dataset.theme=t)}
