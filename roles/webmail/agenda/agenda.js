/* A person's calendars: by month, by week, as a list. Managed by roles/webmail. */
"use strict";
(() => {
    const COLOURS = ["#1b75bb", "#b3541e", "#2d7d46", "#7b3fa0", "#a31545", "#5c6b00", "#00707c", "#555555"];
    const DAY = 86400000, SHOWN = 4;
    const say = (label) => rcmail.gettext(label, "agenda");
    const language = document.documentElement.lang || "fr";
    const calendars = (rcmail.env.agenda_calendars || []).map((each, place) => ({
        ...each, colour: COLOURS[place % COLOURS.length], hidden: false,
    }));
    let view = "month", at = midnight(new Date()), events = [], dialog = null, waits = 0;

    function midnight(date) {
        return new Date(date.getFullYear(), date.getMonth(), date.getDate());
    }
    function plus(date, days) {
        return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
    }
    function monday(date) {
        return plus(date, -((date.getDay() + 6) % 7));
    }
    // A whole day is that day wherever one is; anything else is a moment, shown in the time of this desk.
    function moment(text) {
        const parts = text.split("-").map(Number);
        return text.length === 10 ? new Date(parts[0], parts[1] - 1, parts[2]) : new Date(text);
    }
    function two(number) {
        return String(number).padStart(2, "0");
    }
    function dayOf(date) {
        return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    }
    function timeOf(date) {
        return `${two(date.getHours())}:${two(date.getMinutes())}`;
    }
    function utc(date) {
        return date.toISOString().replace(/\.\d+Z$/, "Z");
    }
    function range() {
        if (view === "week") {
            return [monday(at), plus(monday(at), 7)];
        }
        if (view === "list") {
            return [at, plus(at, 60)];
        }
        const first = monday(new Date(at.getFullYear(), at.getMonth(), 1));
        return [first, plus(first, 42)];
    }
    function made(kind, text, attributes = {}, ...inside) {
        const node = document.createElement(kind);
        node.textContent = text;
        Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
        node.append(...inside);
        return node;
    }

    function load() {
        const [from, to] = range(), form = (date) => utc(date).replace(/[-:]/g, "");
        draw();
        // A day more on each side: whole days are those of the place, not of Greenwich.
        rcmail.http_post("events", {_from: form(new Date(from - DAY)), _to: form(new Date(+to + DAY))}, rcmail.set_busy(true, "loading"));
    }
    function shown(day) {
        const next = plus(day, 1);
        return events
            .filter((each) => !calendar(each.calendar).hidden)
            .filter((each) => each.begins < next && (each.ends > day || +each.begins === +each.ends && each.begins >= day))
            .sort((a, b) => b.day - a.day || a.begins - b.begins || a.summary.localeCompare(b.summary));
    }
    function calendar(href) {
        return calendars.find((each) => each.href === href) || {colour: "#555", name: "", writes: false, hidden: false};
    }
    function line(event, day) {
        const starts = !event.day && event.begins >= day ? `${timeOf(event.begins)} ` : "";
        const node = made("button", starts + event.summary, {type: "button", class: "agenda-event", title: event.summary});
        node.style.borderColor = calendar(event.calendar).colour;
        node.addEventListener("click", (click) => {
            click.stopPropagation();
            open(event);
        });
        return node;
    }
    function cell(day, most) {
        const found = shown(day);
        const node = made("div", "", {class: "agenda-day", "data-day": dayOf(day)});
        node.append(made("span", day.getDate(), {class: "agenda-number"}));
        node.append(...found.slice(0, most).map((each) => line(each, day)));
        if (found.length > most) {
            const more = made("button", say("more").replace("{n}", found.length - most), {type: "button", class: "agenda-event"});
            more.addEventListener("click", () => [view, at] = ["week", day] && load());
            node.append(more);
        }
        node.classList.toggle("today", +day === +midnight(new Date()));
        node.classList.toggle("other", view === "month" && day.getMonth() !== at.getMonth());
        node.addEventListener("dblclick", () => open(null, day));
        return node;
    }
    function draw() {
        const [from, to] = range(), long = (options) => new Intl.DateTimeFormat(language, options);
        const place = document.getElementById("agenda-view");
        const days = [];
        for (let day = from; day < to; day = plus(day, 1)) {
            days.push(day);
        }
        const dates = long({day: "numeric", month: "long", year: "numeric"});
        document.getElementById("agenda-title").textContent =
            view === "month" ? long({month: "long", year: "numeric"}).format(at) : `${dates.format(from)} – ${dates.format(plus(to, -1))}`;
        document.querySelectorAll("[data-view]").forEach((each) => each.classList.toggle("active", each.dataset.view === view));
        if (view === "list") {
            const full = days.filter((day) => shown(day).length);
            const title = long({weekday: "long", day: "numeric", month: "long"});
            place.replaceChildren(made("div", full.length ? "" : say("none"), {class: "agenda-list"},
                ...full.flatMap((day) => [made("h2", title.format(day)), ...shown(day).map((each) => line(each, day))])));
            return;
        }
        const names = long(view === "week" ? {weekday: "long", day: "numeric"} : {weekday: "long"});
        place.replaceChildren(made("div", "", {class: `agenda-days agenda-${view}`},
            ...days.slice(0, 7).map((day) => made("div", names.format(day), {class: "agenda-name"})),
            ...days.map((day) => cell(day, view === "month" ? SHOWN : 1000))));
    }
    function list() {
        document.getElementById("agenda-calendars").replaceChildren(...calendars.map((each) => {
            const box = made("input", "", {type: "checkbox", "aria-label": each.name});
            box.checked = !each.hidden;
            box.style.accentColor = each.colour;
            box.addEventListener("change", () => {
                each.hidden = !box.checked;
                draw();
            });
            return made("li", "", {}, box, made("span", each.name), made("small", each.writes ? "" : `(${say("readonly")})`));
        }));
    }

    function field(name, kind, value, options) {
        const input = made(kind === "textarea" || kind === "select" ? kind : "input", "", {name, class: "form-control"});
        if (kind === "select") {
            options.forEach(([key, text]) => input.append(made("option", text, {value: key})));
        } else if (kind !== "textarea") {
            input.setAttribute("type", kind);
        }
        if (kind === "checkbox") {
            input.checked = value;
            input.className = "";
            return made("label", "", {class: "inline"}, input, made("span", say(name)));
        }
        input.value = value;
        return made("label", say(name), {}, input);
    }
    function open(event, day) {
        const writes = event ? calendar(event.calendar).writes : true, again = !!event && event.occurrence !== "";
        const next = new Date(Math.ceil(Date.now() / 3600000) * 3600000);
        const begins = event ? event.begins : day ? new Date(+day + 9 * 3600000) : next;
        const ends = event ? (event.day ? plus(event.ends, -1) : event.ends) : new Date(+begins + 3600000);
        const whole = !!event && event.day;
        const form = made("form", "", {class: "agenda-form"});
        const value = (name) => form.elements[name];
        form.append(field("summary", "text", event ? event.summary : ""));
        if (!event) {
            form.append(field("calendar", "select", "", calendars.filter((each) => each.writes).map((each) => [each.href, each.name])));
            value("calendar").selectedIndex = 0;
        }
        if (!again) {
            form.append(field("day", "checkbox", whole));
            form.append(field("start", "datetime-local", `${dayOf(begins)}T${timeOf(begins)}`), field("end", "datetime-local", `${dayOf(ends)}T${timeOf(ends)}`));
        }
        form.append(field("location", "text", event ? event.location : ""), field("description", "textarea", event ? event.description : ""));
        if (!event) {
            const kinds = [["", "never"], ["DAILY", "daily"], ["WEEKLY", "weekly"], ["MONTHLY", "monthly"], ["YEARLY", "yearly"]];
            form.append(field("repeat", "select", "", kinds.map(([key, label]) => [key, say(label)])));
        }
        form.addEventListener("submit", (submitted) => submitted.preventDefault());
        [...form.elements].forEach((each) => each.disabled = !writes);
        const told = event ? {calendar: event.calendar, href: event.href, etag: event.etag} : {};
        const send = (action, what) => {
            if (Date.now() < waits) {
                return; // a second click makes no second event
            }
            waits = Date.now() + 5000;
            rcmail.http_post(action, {_event: JSON.stringify({...told, ...what})}, rcmail.set_busy(true, "loading"));
        };
        const save = () => {
            const what = {};
            ["summary", "location", "description"].forEach((name) => what[name] = value(name).value);
            if (!event) {
                [what.calendar, what.repeat] = [value("calendar").value, value("repeat").value];
            }
            if (!again) {
                const [first, last] = ["start", "end"].map((name) => new Date(value(name).value));
                if (isNaN(first) || isNaN(last)) {
                    rcmail.display_message(say("badtime"), "error");
                    return;
                }
                what.day = value("day").checked;
                [what.start, what.end] = what.day ? [dayOf(first), dayOf(plus(last, 1))] : [utc(first), utc(last)];
            }
            send("save", what);
        };
        const buttons = [];
        if (writes) {
            buttons.push({text: rcmail.gettext("save"), class: "mainaction save btn-primary", click: save});
        }
        if (event && writes) {
            buttons.push({text: again ? say("series") + " : " + rcmail.gettext("delete") : rcmail.gettext("delete"), class: "delete btn-danger", click: () => send("remove", {})});
        }
        if (again && writes) {
            buttons.push({text: say("once") + " : " + rcmail.gettext("delete"), class: "delete once btn-danger", click: () => send("remove", {once: event.occurrence})});
        }
        buttons.push({text: rcmail.gettext(writes ? "cancel" : "close"), class: "cancel btn-secondary", click: shut});
        dialog = rcmail.show_popup_dialog(form, event ? (again ? `${say("event")} (${say("series").toLowerCase()})` : say("event")) : say("add"), buttons, {width: again ? 680 : 480, height: again ? 320 : 470});
        value("summary").focus();
    }
    function shut() {
        if (dialog) {
            dialog.dialog("close");
            dialog = null;
        }
    }

    rcmail.addEventListener("plugin.agenda_events", (told) => {
        const [from] = range();
        if (told.from !== utc(new Date(from - DAY)).replace(/[-:]/g, "")) {
            return; // another month was asked for meanwhile
        }
        events = told.events.map((each) => ({...each, begins: moment(each.start), ends: moment(each.end)}));
        draw();
    });
    // What is typed stays where it could not be saved.
    rcmail.addEventListener("plugin.agenda_done", (told) => {
        waits = 0;
        if (told.done) {
            shut();
            load();
        }
    });
    rcmail.addEventListener("init", () => {
        list();
        const move = (way) => {
            at = view === "month" ? new Date(at.getFullYear(), at.getMonth() + way, 1) : plus(at, way * (view === "week" ? 7 : 60));
            load();
        };
        const on = (id, act) => document.getElementById(`agenda-${id}`).addEventListener("click", act);
        on("add", () => open(null));
        on("before", () => move(-1));
        on("after", () => move(1));
        on("today", () => {
            at = midnight(new Date());
            load();
        });
        document.querySelectorAll("[data-view]").forEach((each) => each.addEventListener("click", () => {
            view = each.dataset.view;
            load();
        }));
        load();
    });
})();
