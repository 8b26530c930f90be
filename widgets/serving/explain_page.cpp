// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/explain_page.h"

#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/serving/explain_form.h"
#include "widgets/serving/explanation_text.h"
#include "widgets/serving/explanation_view.h"
#include "widgets/serving/why_asker.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int formWidth = 312; // px

} // namespace

ExplainPage::ExplainPage(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context), m_form(new ExplainForm), m_asker(new WhyAsker(context, this)), m_screen(new PanelState) {
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto *content = new QWidget;
    auto *row = new QHBoxLayout(content);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    row->addWidget(buildForm());
    row->addWidget(buildAnswer(), 1);
    m_screen->setContent(content);
    outer->addWidget(m_screen);
    connect(m_form, &ExplainForm::versionChosen, this, &ExplainPage::openVersion);
    connect(m_form, &ExplainForm::changed, this, &ExplainPage::follow);
    connect(m_asker, &WhyAsker::changed, this, &ExplainPage::follow);
    connect(m_asker, &WhyAsker::explained, this, [this](const explain::Explanation &explanation) { showExplanation(explanation, m_asker->question()); });
    connect(m_asker, &WhyAsker::failed, this, [this](const Error &error) {
        if (error.kind != ErrorKind::Cancelled) {
            m_view->clear();
            m_shown.reset();
            m_answer->source()->clear();
            m_answer->showState(ScreenState::failed(error, tr("Try again"), [this] { ask(); }));
        } else if (!m_shown) {
            showEmpty();
        }
        follow();
    });
    connect(m_view, &ExplanationView::opened, this, [this](const QString &feature) {
        m_form->chooseColumn(feature);
        if (const fleet::WhyQuestion asked = m_form->question(); asked.view == explain::View::Dependence && asked.column == feature) // else it is a series, no input
            ask();
    });
    showEmpty();
    follow();
}

QWidget *ExplainPage::buildForm() {
    auto *card = new Card(tr("Explain"));
    card->setFixedWidth(Theme::of(this).px(formWidth));
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus); // its fields are the stops
    scroll->setWidget(m_form);
    m_form->setAutoFillBackground(false); // the card's own ground, not the window's
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setAccessibleName(card->title());
    m_ask = new Button(*m_context.actions, QStringLiteral("explain.run"), ButtonKind::Primary);
    m_stop = new Button(*m_context.actions, QStringLiteral("explain.stop"));
    m_ask->setObjectName(QStringLiteral("explainRun"));
    m_stop->setObjectName(QStringLiteral("explainStop"));
    m_bar = new ProgressBar;
    m_bar->setAccessibleName(tr("Progress of the explanation"));
    m_progress = new Label({}, TextRole::Caption, &Tokens::t3);
    auto *foot = new QWidget;
    auto *tools = new QHBoxLayout(foot);
    tools->setContentsMargins(12, 8, 12, 10);
    tools->setSpacing(8);
    tools->addWidget(m_ask, 1);
    tools->addWidget(m_stop);
    tools->addWidget(m_bar, 1);
    tools->addWidget(m_progress);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(scroll, 1);
    column->addWidget(new HairLine);
    column->addWidget(foot);
    card->setBody(body);
    return card;
}

QWidget *ExplainPage::buildAnswer() {
    m_answer = new Card(tr("Explanation"));
    m_answer->state()->setObjectName(QStringLiteral("explainState"));
    m_view = new ExplanationView(ExplanationView::Detail::Full);
    m_answer->setBody(m_view);
    m_save = new ExportButton(*m_context.actions, exportActions(QStringLiteral("explain.save")));
    m_save->setObjectName(QStringLiteral("explainSave"));
    m_answer->addTool(m_save);
    return m_answer;
}

/// The workspace's models by their own names, then those that only the registry knows.
std::vector<ExplainedModel> ExplainPage::modelsOf(const fleet::Snapshot &snapshot) const {
    std::vector<ExplainedModel> models;
    QStringList taken;
    const auto add = [&](const QString &name, const fleet::ModelRow *row) {
        ExplainedModel model{name, {}, 0, row && row->askedVersion()};
        for (const registry::Version &v : snapshot.versions) // newest first
            if (v.model == name)
                model.versions.emplace_back(v.version, row && row->liveVersion == v.version        ? tr("v%1, champion").arg(v.version)
                                                       : row && row->candidateVersion == v.version ? tr("v%1, candidate").arg(v.version)
                                                                                                   : tr("v%1").arg(v.version));
        taken << name;
        if (model.versions.empty())
            return;
        model.usual = row && row->liveVersion ? *row->liveVersion : model.versions.front().first;
        models.push_back(std::move(model));
    };
    for (const fleet::ModelRow &row : snapshot.models)
        add(row.name, &row);
    for (const registry::RegisteredModel &registered : snapshot.registered)
        if (!taken.contains(registered.name))
            add(registered.name, nullptr);
    return models;
}

void ExplainPage::showSnapshot(const fleet::Snapshot &snapshot) {
    const std::vector<ExplainedModel> models = modelsOf(snapshot);
    if (models.empty())
        m_screen->show(ScreenState::empty(tr("No version yet"), tr("Train once and register the candidate; then it can be explained here."), tr("Train"), [this] { m_context.open(QStringLiteral("train"), {}); }));
    else
        m_screen->show(ScreenState::full());
    m_form->setModels(models);
}

void ExplainPage::choose(const QString &modelAndVersion) {
    const qsizetype slash = modelAndVersion.lastIndexOf(QLatin1Char('/'));
    bool isNumber = false;
    const int version = modelAndVersion.mid(slash + 1).toInt(&isNumber);
    if (slash > 0 && isNumber)
        m_form->choose(modelAndVersion.left(slash), version);
    else if (!modelAndVersion.isEmpty() && modelAndVersion != m_form->model())
        m_form->choose(modelAndVersion);
}

void ExplainPage::setGiven(const std::optional<fleet::WhyQuestion> &given) { m_form->setGiven(given); }

QString ExplainPage::model() const { return m_form->model(); }

QWidget *ExplainPage::firstFocus() { return m_form->findChild<Choice *>(QStringLiteral("explainModel")); }

void ExplainPage::openVersion() {
    Q_EMIT modelChanged();
    m_opening.stop.request_stop();
    if (!m_context.fleet || m_form->version() == 0)
        return;
    m_opening = startTask<fleet::AskableVersion>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), model = m_form->model(), version = m_form->version()](std::stop_token) {
        return fleet::openVersion(*services, model, version);
    });
    deliver(m_opening, this, [this, model = m_form->model(), version = m_form->version()](const Result<fleet::AskableVersion> &opened) {
        if (model != m_form->model() || version != m_form->version())
            return; // another one was chosen meanwhile
        if (opened)
            setVersion(*opened);
        else
            m_form->setVersionError(opened.error().text());
    });
}

void ExplainPage::setVersion(const fleet::AskableVersion &version) { m_form->setVersion(version); }

QString ExplainPage::askBlocked() const { return m_asker->isRunning() ? tr("It is being explained.") : m_form->problem(); }

QString ExplainPage::stopBlocked() const { return m_asker->isRunning() ? QString() : tr("Nothing is being explained."); }

void ExplainPage::ask() {
    if (!askBlocked().isEmpty() || !m_context.fleet)
        return;
    m_answer->showState(ScreenState::loading());
    m_asker->ask(m_form->question());
}

void ExplainPage::stop() { m_asker->stop(); }

QString ExplainPage::title(const fleet::WhyQuestion &q) const {
    const QString name = QStringLiteral("%1 v%2").arg(q.model, QString::number(q.version));
    return q.view == explain::View::Row ? tr("%1: why this answer").arg(name) : q.view == explain::View::DataSet ? tr("%1: what it looks at").arg(name) : tr("%1: response to %2").arg(name, q.column);
}

void ExplainPage::showExplanation(const explain::Explanation &explanation, const fleet::WhyQuestion &question) {
    QString unit;
    if (const auto &opened = m_form->opened(); opened && opened->model == question.model && opened->version == question.version) {
        const auto &outputs = opened->signature.outputs;
        const auto at = std::find(outputs.begin(), outputs.end(), explanation.output);
        unit = at == outputs.end() ? QString() : opened->unitOf(std::size_t(at - outputs.begin()));
    }
    m_shown = question;
    m_shownAt = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    m_view->setExplanation(explanation, unit, explanationSubject(explanation, question));
    m_answer->setTitle(title(question));
    m_answer->source()->setSource(question.endpoint ? tr("endpoint") : tr("this machine"), m_shownAt, question.endpoint ? Freshness::Live : Freshness::Local);
    follow();
}

void ExplainPage::showEmpty() {
    m_answer->setTitle(tr("Explanation"));
    m_answer->source()->clear();
    m_answer->showState(ScreenState::empty(tr("Nothing explained yet"), tr("What the model looks at, over many rows or for one, and how it responds to an input: choose what, then “Explain”.")));
}

void ExplainPage::follow() {
    const bool running = m_asker->isRunning();
    m_ask->setVisible(!running);
    m_stop->setVisible(running);
    m_stop->setWords(tr("Stop"));
    m_ask->setWords(tr("Explain"));
    m_bar->setVisible(running);
    m_bar->setValue(m_asker->share());
    m_progress->setVisible(running);
    m_progress->setText(m_asker->isStopping() ? tr("stopping…") : m_asker->share() < 0 ? tr("starting…") : percent(m_asker->share()));
    m_ask->refresh();
    m_stop->refresh();
    m_save->refreshMenu();
    if (running || !m_shown)
        return;
    if (fleet::sameQuestion(*m_shown, m_form->question()))
        m_answer->showState(ScreenState::full());
    else
        m_answer->showState(ScreenState::stale(m_shownAt, tr("Something else was chosen since."), tr("Explain again"), [this] { ask(); }));
}

QString ExplainPage::exportBlocked() const { return m_shown ? QString() : tr("Nothing is explained yet."); }

QString ExplainPage::exportName() const { return QStringLiteral("%1-%2-v%3").arg(m_view->explanation()->method, m_shown->model, QString::number(m_shown->version)); }

ExportBytes ExplainPage::csv() const { return m_view->csv(); }

ExportBytes ExplainPage::png() const { return m_view->png(); }

} // namespace pilothouse::ui
