addEventListener('DOMContentLoaded', () => {
  // A form is sent once, however often its button is pressed. It can be sent again after a while, since a response may be lost.
  const again = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
  };
  for (const form of document.forms) {
    form.addEventListener('submit', (event) => {
      const button = event.submitter;
      // What ends something is not pressed by the second half of a double click on the page before.
      const hasty = button?.classList.contains('danger') && performance.now() < 500;
      if (form.dataset.sent || hasty) return event.preventDefault();
      form.dataset.sent = 'yes';
      button?.setAttribute('aria-busy', 'true');
      setTimeout(again, 10000, form);
    });
  }

  for (const button of document.querySelectorAll('.reveal')) {
    const field = document.getElementById(button.getAttribute('aria-controls'));
    const show = (shown) => {
      field.type = shown ? 'text' : 'password';
      button.setAttribute('aria-pressed', shown);
    };
    button.hidden = false;
    button.addEventListener('click', () => show(field.type === 'password'));
    // No password manager should meet a field of text when it looks.
    field.form.addEventListener('submit', () => show(false));
  }

  // Times go on while a page is open, and are exact in the time zone of whoever reads them.
  const { lang } = document.documentElement;
  const times = [...document.querySelectorAll('time[title]')];
  const exact = new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeStyle: 'medium' });
  const ago = new Intl.RelativeTimeFormat(lang);
  const tell = () => {
    for (const time of times) {
      const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
      if (minutes < 1) continue;
      const [count, unit] =
        minutes < 60 ? [minutes, 'minute'] : minutes < 1440 ? [minutes / 60, 'hour'] : [minutes / 1440, 'day'];
      time.textContent = ago.format(-Math.floor(count), unit);
    }
  };
  for (const time of times) time.title = exact.format(Date.parse(time.dateTime));
  if (times.length) setInterval(tell, 30000);

  // New events come in at the top for as long as the button is pressed, and go on behind the last one that came.
  const follow = document.querySelector('[data-stream]');
  if (follow) {
    const { stream, following, ended } = follow.dataset;
    const rows = document.querySelector('.list tbody');
    let { last } = follow.dataset;
    let source = null;
    const tellState = (text) => {
      follow.setAttribute('aria-pressed', source !== null);
      follow.nextElementSibling.textContent = text;
    };
    const stop = (text) => {
      source.close();
      source = null;
      tellState(text);
    };
    follow.hidden = false;
    follow.addEventListener('click', () => {
      if (source) return stop('');
      source = new EventSource(stream + last);
      tellState(following);
      source.onmessage = ({ data, lastEventId }) => {
        last = lastEventId;
        if (!rows) return location.reload();
        rows.insertAdjacentHTML('afterbegin', data);
        if (rows.rows.length > 200) rows.lastElementChild.remove();
      };
      // Where it only broke off, the browser comes back by itself.
      source.onerror = () => source?.readyState === EventSource.CLOSED && stop(ended);
    });
  }

  // Somebody may have signed in in another tab: this one then goes where it was going.
  const form = document.querySelector('form[data-resume]');
  if (!form) return;
  const target = new URL(form.getAttribute('action'), location);
  for (const field of form.querySelectorAll('input[type=hidden]')) target.searchParams.set(field.name, field.value);
  const look = async () => {
    if (document.visibilityState !== 'visible') return;
    const answer = await fetch(target, { redirect: 'manual' }).catch(() => null);
    if (answer?.type === 'opaqueredirect') location.replace(target);
  };
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
});
