"""The pages: log in, see who came, log out; and two health checks."""

import os

import psycopg
from flask import Flask, Response, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from standin import visits
from standin.access import acceptable, admitted
from standin.directory import DirectoryUnavailable, authenticate
from standin.forgery import genuine, new_token
from standin.settings import Settings, load

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SESSION_SECONDS = 3600

Page = str | AnyResponse | tuple[str, int]


def create_app() -> Flask:
    """The WSGI application, from the environment."""
    settings = load(os.environ)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.session_key,
        SESSION_COOKIE_NAME="__Host-session",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_SECONDS,
        MAX_CONTENT_LENGTH=16 * 1024,
    )
    _guard(app, settings)
    _pages(app, settings)
    _health(app, settings)
    return app


def _guard(app: Flask, settings: Settings) -> None:
    @app.before_request
    def protect() -> Page | None:
        g.application = settings.name
        if request.method == "POST" and not genuine(session.get("token"), request.form.get("token")):
            return _message("Le formulaire a expiré. Revenez à la page précédente et recommencez.", 400)
        if "login" in session and not admitted(settings.admitted, session["login"]):
            app.logger.warning("%s is no longer admitted", session["login"])
            session.clear()
        return None

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(psycopg.Error)
    def database_down(error: psycopg.Error) -> Page:
        app.logger.error("database: %s", error)
        return _message("La base de données ne répond pas. Réessayez dans quelques minutes.", 503)

    @app.errorhandler(DirectoryUnavailable)
    def directory_down(error: DirectoryUnavailable) -> Page:
        app.logger.error("directory: %s", error)
        return _message("L'annuaire ne répond pas : la connexion est impossible pour le moment.", 503)

    @app.errorhandler(404)
    def not_found(_: Exception) -> Page:
        return _message("Cette page n'existe pas.", 404)

    @app.errorhandler(500)
    def broken(_: Exception) -> Page:
        return _message("L'application a rencontré une erreur. Réessayez dans quelques minutes.", 500)


def _pages(app: Flask, settings: Settings) -> None:
    @app.get("/")
    def home() -> Page:
        if "login" not in session:
            return redirect(url_for("login_form"))
        return render_template(
            "home.html", name=session["name"], visits=visits.latest(settings), token=session["token"]
        )

    @app.get("/login")
    def login_form() -> Page:
        return _form(200)

    @app.post("/login")
    def log_in() -> Page:
        login = request.form.get("login", "").strip().lower()
        password = request.form.get("password", "")
        person = authenticate(settings, login, password) if acceptable(login, password) else None
        if person is None:
            return _form(401, error="Identifiant ou mot de passe incorrect.")
        if not person.reader:
            app.logger.warning("%s is not in a reader group", login)
            return _message(f"{person.name}, vous n'avez pas accès à cette application.", 403)
        visits.record(settings, login)
        session.clear()
        session.permanent = True
        session.update(login=login, name=person.name, token=new_token())
        return redirect(url_for("home"), 303)

    @app.post("/logout")
    def log_out() -> Page:
        session.clear()
        return redirect(url_for("login_form"), 303)


def _health(app: Flask, settings: Settings) -> None:
    @app.get("/health")
    def alive() -> Page:
        return "ok\n"

    @app.get("/health/deep")
    def healthy() -> Page:
        visits.check(settings)
        return "ok\n"


def _form(status: int, error: str | None = None) -> Page:
    session.setdefault("token", new_token())
    return render_template("login.html", error=error, token=session["token"]), status


def _message(text: str, status: int) -> Page:
    return render_template("message.html", text=text), status
