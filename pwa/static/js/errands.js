// A kader's own list: what still waits on this phone stands above what has arrived. From here on the phone knows whose it is.
{
  const { owner } = document.body.dataset
  const language = document.querySelector("[name=language][aria-current]")?.value

  const begin = async () => {
    await outbox.begin(language)
    await outbox.belongsTo(owner)
    await showWaiting((letter) => letter.owner === owner)
  }

  begin().catch(() => {}) // a phone that keeps nothing still shows what has arrived
}
