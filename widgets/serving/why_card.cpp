// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/why_card.h"

#include "widgets/base/button.h"
#include "widgets/base/export.h"
#include "widgets/base/format.h"
#include "widgets/serving/explanation_text.h"
#include "widgets/serving/explanation_view.h"
#include "widgets/serving/why_asker.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

const QString machine = QStringLiteral("machine"), endpoint = QStringLiteral("endpoint");

} // namespace

WhyCard::WhyCard(const PanelContext &context, const QString &panel, QWidget *parent)
    : Card(WhyCard::tr("Why this answer?"), parent), m_context(context), m_asker(new WhyAsker(context, this)), m_screen(new PanelState), m_where(new SegmentedControl), m_progress(new Label({}, TextRole::Caption, &Tokens::t3)),
      m_view(new ExplanationView(ExplanationView::Detail::Short)) {
    addActions(panel);
    m_screen->setContent(m_view);
    m_where->setObjectName(QStringLiteral("whyWhere"));
    m_where->setAccessibleName(tr("Who is asked"));
    m_where->setSegments({{machine, tr("This machine"), State::None}, {endpoint, tr("Endpoint"), State::None}});
    m_where->setCurrent(machine);
    addTool(m_where);
    m_ask = new Button(*m_context.actions, QStringLiteral("whatif.why"));
    m_stop = new Button(*m_context.actions, QStringLiteral("whatif.whyStop"));
    m_more = new Button(*m_context.actions, QStringLiteral("explain.open"), ButtonKind::Ghost);
    m_more->setWords(tr("More…"));
    m_more->setAccessibleName(tr("Other methods, data sets, single inputs"));
    m_save = new ExportButton(*m_context.actions, exportActions(QStringLiteral("whatif.why")));
    m_save->setText(QString()); // there is little room
    auto *tools = new QWidget;
    auto *row = new QHBoxLayout(tools);
    row->setContentsMargins(12, 4, 8, 8);
    row->setSpacing(6);
    for (Button *button : {m_ask, m_stop, m_more}) {
        button->setPixelHeight(24);
        m_buttons.push_back(button);
        row->addWidget(button);
    }
    row->insertWidget(2, m_progress);
    row->insertStretch(3, 1);
    row->addWidget(m_save);
    auto *body = new QWidget;
    auto *all = new QVBoxLayout(body);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_screen, 1);
    all->addWidget(new HairLine);
    all->addWidget(tools);
    setBody(body);
    connect(m_where, &SegmentedControl::currentChanged, this, [this] { setQuestion(m_question); });
    connect(m_asker, &WhyAsker::changed, this, &WhyCard::refreshButtons);
    connect(m_asker, &WhyAsker::explained, this, [this](const explain::Explanation &explanation) {
        showExplanation(explanation, m_asker->question().endpoint);
        showAge(); // the row may have been changed meanwhile
    });
    connect(m_asker, &WhyAsker::failed, this, [this](const Error &error) {
        if (error.kind == ErrorKind::Cancelled)
            showEmpty();
        else
            showFailure(error);
    });
    showEmpty();
    refreshButtons();
}

void WhyCard::addActions(const QString &panel) {
    const auto add = [&](const char *id, const QString &text, const char *icon, QKeySequence key, std::function<QString()> blocked, std::function<void()> run) {
        ActionSpec spec;
        spec.id = QLatin1String(id);
        spec.text = text;
        spec.icon = QLatin1String(icon);
        spec.shortcut = std::move(key);
        spec.section = tr("Commands");
        spec.panel = panel;
        spec.blocked = [blocked = std::move(blocked)](const QString &) { return blocked(); };
        spec.run = [run = std::move(run)](const QString &, const QString &) { run(); };
        m_context.actions->add(spec);
    };
    add("whatif.why", tr("Explain"), "wand", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), [this] { return m_asker->isRunning() ? tr("It is being explained.") : m_question ? QString() : tr("There is no row yet."); }, [this] { ask(); });
    add("whatif.whyStop", tr("Stop explaining"), "stop", {}, [this] { return m_asker->isRunning() ? QString() : tr("Nothing is being explained."); }, [this] { m_asker->stop(); });
    const auto nothing = [this] { return m_view->explanation() ? QString() : tr("Nothing is explained yet."); };
    add("whatif.whyCopy", tr("Copy explanation as CSV"), "copy", {}, nothing, [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(m_view->explanation()->toCsv())); });
    Export give;
    give.what = tr("the explanation of the row");
    give.name = [this] { return QStringLiteral("why-%1").arg(m_question ? m_question->model : QString()); };
    give.csv = [this] { return m_view->csv(); };
    give.png = [this] { return m_view->png(); };
    give.blocked = nothing;
    addExport(m_context, this, panel, QStringLiteral("whatif.why"), give);
}

void WhyCard::refreshButtons() {
    const bool running = m_asker->isRunning();
    m_ask->setVisible(!running);
    m_stop->setVisible(running);
    m_stop->setWords(tr("Stop"));
    m_progress->setVisible(running);
    m_progress->setText(m_asker->isStopping() ? tr("stopping…") : m_asker->share() < 0 ? QString() : percent(m_asker->share()));
    for (Button *button : m_buttons)
        button->refresh();
    m_save->refreshMenu();
    m_ask->setHint({}); // the key sheet names it; three keys would leave the words no room
    m_more->setHint({});
}

void WhyCard::showEmpty() {
    m_view->clear();
    source()->clear();
    m_screen->show(ScreenState::empty(tr("Not explained yet"), tr("How much each input adds to the answer, by SHAP values (“Explain”).")));
}

void WhyCard::setQuestion(std::optional<fleet::WhyQuestion> question) {
    const bool other = !question || !m_question || question->model != m_question->model || question->version != m_question->version;
    m_question = std::move(question);
    if (m_question) {
        m_question->endpoint = m_where->current() == endpoint;
        m_more->setArgument(QStringLiteral("%1/%2").arg(m_question->model).arg(m_question->version));
    }
    if (other) {
        m_asker->forget(); // the answer would be of another model
        showEmpty();
    } else if (!m_asker->isRunning()) { // else its answer will say whether it still fits the row
        showAge();
    }
    refreshButtons();
}

/// What is shown is of the row as it is set now, or of an earlier one.
void WhyCard::showAge() {
    if (!m_view->explanation() || !m_question)
        return;
    const fleet::WhyQuestion &asked = m_asker->question();
    if (asked.given != m_question->given)
        m_screen->show(ScreenState::stale(m_explainedAt, tr("the row was changed since"), tr("Explain again"), [this] { ask(); }));
    else if (asked.output != m_question->output)
        m_screen->show(ScreenState::stale(m_explainedAt, tr("another output was chosen since"), tr("Explain again"), [this] { ask(); }));
    else
        m_screen->show(ScreenState::full());
}

void WhyCard::ask() {
    if (!m_context.fleet || !m_question || m_asker->isRunning())
        return;
    m_screen->show(ScreenState::loading());
    m_asker->ask(*m_question);
}

void WhyCard::showExplanation(const explain::Explanation &explanation, bool byEndpoint) {
    m_explainedAt = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    fleet::WhyQuestion asked = m_asker->question();
    asked.endpoint = byEndpoint;
    m_view->setExplanation(explanation, m_unit, explanationSubject(explanation, asked));
    setSubtitle(scaleName(explanation, m_unit));
    source()->setSource(byEndpoint ? tr("endpoint") : tr("this machine"), m_explainedAt, byEndpoint ? Freshness::Live : Freshness::Local);
    m_screen->show(ScreenState::full());
    refreshButtons();
}

void WhyCard::showFailure(const Error &error) {
    m_view->clear();
    source()->clear();
    m_screen->show(ScreenState::failed(error, tr("Try again"), [this] { ask(); }));
    refreshButtons();
}

} // namespace pilothouse::ui
