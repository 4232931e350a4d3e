"""Looking around with invented people."""

import click


@click.command()
def demo() -> None:
    """Fill an empty database with invented people and reports, and print how to sign in.

    Run it again for fresh six-digit codes. Refuses where real people already are.
    """
    from pwa import demo as invented
    from pwa import keys, receipts
    from pwa.cli.user import office
    from pwa.telling import Sealer

    with office() as settings:
        try:
            invented.fill(Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds))
        except invented.NotEmpty:
            raise click.ClickException(
                "There are people in this database. A demo needs an empty one."
            ) from None
        click.echo(f"Invented people sign in at {settings.office_url}/masuk")
        for each in invented.sign_ins():
            click.echo(f"  {each.login:9} password {each.password}   code {each.code}")
        click.echo("A code lives half a minute and works once: `pwa demo` prints fresh ones.")
        click.echo(
            f"An answer waits at {settings.public_url}/kabar for {receipts.grouped(invented.number())}"
        )


commands = [demo]
