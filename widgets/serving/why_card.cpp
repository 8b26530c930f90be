// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/why_card.h"

#include "widgets/base/button.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/serving/contribution_model.h"

#include <QBuffer>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

const QString machine = QStringLiteral("machine"), endpoint = QStringLiteral("endpoint");

bool sameRow(const std::vector<fleet::WhatIfValue> &a, const std::vector<fleet::WhatIfValue> &b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto &x, const auto &y) { return x.number == y.number && x.category == y.category; });
}

} // namespace

WhyCard::WhyCard(const PanelContext &context, const QString &panel, QWidget *parent)
    : Card(WhyCard::tr("Why this answer?"), parent), m_context(context), m_screen(new PanelState), m_where(new SegmentedControl), m_sentence(new Label({}, TextRole::Second, &Tokens::t2)),
      m_progress(new Label({}, TextRole::Caption, &Tokens::t3)), m_table(new Table), m_model(new ContributionModel(this)) {
    addActions(panel);
    auto *content = new QWidget;
    auto *inside = new QVBoxLayout(content);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(6);
    m_sentence->setWordWrap(true);
    m_sentence->setObjectName(QStringLiteral("whySentence"));
    m_sentence->setContentsMargins(12, 8, 12, 0);
    inside->addWidget(m_sentence);
    m_table->setObjectName(QStringLiteral("whyTable"));
    m_table->setAccessibleName(tr("Contribution of each input"));
    m_table->setRowHeight(Table::Compact);
    m_table->setModel(m_model);
    m_table->setItemDelegateForColumn(ContributionModel::Bar, new ContributionDelegate(m_table));
    inside->addWidget(m_table, 1);
    m_screen->setContent(content);
    m_where->setObjectName(QStringLiteral("whyWhere"));
    m_where->setAccessibleName(tr("Who is asked"));
    m_where->setSegments({{machine, tr("This machine"), State::None}, {endpoint, tr("Endpoint"), State::None}});
    m_where->setCurrent(machine);
    m_ask = new Button(*m_context.actions, QStringLiteral("whatif.why"));
    m_stop = new Button(*m_context.actions, QStringLiteral("whatif.whyStop"));
    auto *copy = new Button(*m_context.actions, QStringLiteral("whatif.whyCopy"), ButtonKind::Ghost);
    auto *save = new Button(*m_context.actions, QStringLiteral("whatif.whySave"), ButtonKind::Ghost);
    copy->setWords(tr("CSV"));
    save->setWords(tr("PNG…"));
    for (Button *button : {m_ask, m_stop, copy, save}) {
        button->setPixelHeight(24);
        m_buttons.push_back(button);
    }
    copy->setAccessibleName(tr("Copy as CSV"));
    save->setAccessibleName(tr("Save as PNG"));
    auto *tools = new QWidget;
    auto *row = new QHBoxLayout(tools);
    row->setContentsMargins(12, 4, 8, 8);
    row->setSpacing(6);
    addTool(m_where);
    row->addWidget(m_ask);
    row->addWidget(m_stop);
    row->addWidget(m_progress);
    row->addStretch(1);
    row->addWidget(copy);
    row->addWidget(save);
    auto *body = new QWidget;
    auto *all = new QVBoxLayout(body);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_screen, 1);
    all->addWidget(new HairLine);
    all->addWidget(tools);
    setBody(body);
    m_tick.setInterval(200);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (m_seen && !m_asking.stop.stop_requested())
            m_progress->setText(percent(m_seen->permille / 1000.0));
    });
    connect(m_where, &SegmentedControl::currentChanged, this, [this] { setQuestion(m_question); });
    showEmpty();
    refreshButtons();
}

WhyCard::~WhyCard() { m_asking.stop.request_stop(); }

QString WhyCard::sourceName(bool byEndpoint) const { return byEndpoint ? tr("endpoint") : tr("this machine"); }

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
    add("whatif.why", tr("Explain"), "wand", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), [this] { return m_asking.isRunning() ? tr("It is being explained.") : m_question ? QString() : tr("There is no row yet."); }, [this] { ask(); });
    add("whatif.whyStop", tr("Stop explaining"), "stop", {}, [this] { return m_asking.isRunning() ? QString() : tr("Nothing is being explained."); }, [this] {
        m_asking.stop.request_stop();
        m_progress->setText(tr("stopping…"));
    });
    const auto nothing = [this] { return m_explanation ? QString() : tr("Nothing is explained yet."); };
    add("whatif.whyCopy", tr("Copy explanation as CSV"), "copy", {}, nothing, [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(m_explanation->toCsv())); });
    add("whatif.whySave", tr("Save explanation as PNG…"), "download", {}, nothing, [this] { savePicture(); });
}

void WhyCard::refreshButtons() {
    const bool running = m_asking.isRunning();
    m_ask->setVisible(!running);
    m_stop->setVisible(running);
    m_stop->setWords(tr("Stop"));
    m_progress->setVisible(running);
    for (Button *button : m_buttons)
        button->refresh();
    m_ask->setHint({}); // the key sheet names it; three keys would leave the words no room
}

void WhyCard::showEmpty() {
    m_explanation.reset();
    source()->clear();
    m_screen->show(ScreenState::empty(tr("Not explained yet"), tr("How much each input adds to the answer, by SHAP values (“Explain”).")));
}

void WhyCard::setQuestion(std::optional<fleet::WhyQuestion> question) {
    const bool other = !question || !m_question || question->model != m_question->model || question->version != m_question->version;
    m_question = std::move(question);
    if (m_question)
        m_question->endpoint = m_where->current() == endpoint;
    if (other) {
        m_asking.stop.request_stop(); // the answer would be of another model
        ++m_asked;
        showEmpty();
    } else if (m_asking.isRunning()) {
        // its answer will say whether it still fits the row
    } else if (m_explanation && sameRow(m_question->row, m_explainedRow)) {
        m_screen->show(ScreenState::full());
    } else if (m_explanation) {
        m_screen->show(ScreenState::stale(m_explainedAt, tr("the row was changed since"), tr("Explain again"), [this] { ask(); }));
    }
    refreshButtons();
}

void WhyCard::ask() {
    if (!m_context.fleet || !m_question || m_asking.isRunning())
        return;
    const quint64 asked = ++m_asked;
    m_progress->clear();
    m_screen->show(ScreenState::loading());
    m_seen = std::make_shared<Progress>();
    m_asking = startTask<explain::Explanation>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), question = *m_question, seen = m_seen](std::stop_token token) {
        return fleet::why(*services, question, [&seen](qint64 done, qint64 total) { seen->permille = total > 0 ? int(1000 * done / total) : 0; }, token);
    });
    m_tick.start();
    deliver(m_asking, this, [this, asked, question = *m_question](const Result<explain::Explanation> &explanation) {
        m_tick.stop();
        if (asked == m_asked) {
            if (explanation) {
                m_explainedRow = question.row;
                showExplanation(*explanation, question.endpoint);
                setQuestion(m_question); // the row may have been changed meanwhile
            } else if (explanation.error().kind == ErrorKind::Cancelled) {
                showEmpty();
            } else {
                showFailure(explanation.error());
            }
        }
        refreshButtons();
    });
    refreshButtons();
}

void WhyCard::showExplanation(const explain::Explanation &explanation, bool byEndpoint) {
    m_explanation = explanation;
    m_explainedAt = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    m_model->setRows(contributionsOf(explanation));
    const QString unit = explanation.scale == QLatin1String("prediction") ? m_unit : QString();
    m_sentence->setText(contributionSentence(explanation, unit));
    m_table->setAccessibleDescription(m_sentence->text());
    setSubtitle(explanation.scale == QLatin1String("prediction") ? unit : explanation.scale);
    source()->setSource(sourceName(byEndpoint), m_explainedAt, byEndpoint ? Freshness::Live : Freshness::Local);
    m_screen->show(ScreenState::full());
    refreshButtons();
}

void WhyCard::showFailure(const Error &error) {
    m_explanation.reset();
    source()->clear();
    m_screen->show(ScreenState::failed(error, tr("Try again"), [this] { ask(); }));
    refreshButtons();
}

/// The card's sentence and bars as they are seen, at twice the size.
void WhyCard::savePicture() {
    QWidget *content = m_screen->content();
    QPixmap picture(content->size() * 2);
    picture.setDevicePixelRatio(2);
    picture.fill(tokens(this).bg1);
    content->render(&picture, {}, {}, QWidget::DrawChildren);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    picture.save(&buffer, "PNG");
    auto *dialog = new QFileDialog(window(), tr("Save as PNG"), QString(), tr("Pictures (*.png)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->selectFile(QStringLiteral("why-%1.png").arg(m_question ? m_question->model : QString()));
    connect(dialog, &QFileDialog::fileSelected, this, [this, bytes](const QString &file) {
        if (!m_context.fleet)
            return;
        m_saving = startTask<bool>(m_context.fleet->pools().waiting, [file, bytes](std::stop_token) -> Result<bool> {
            PH_TRY(fleet::saveExport(file, bytes));
            return true;
        });
        deliver(m_saving, this, [this, file](const Result<bool> &saved) {
            if (!m_context.toasts)
                return;
            if (saved)
                m_context.toasts->show(State::Ok, tr("Saved"), file);
            else
                m_context.toasts->showError(saved.error());
        });
    });
    dialog->open();
}

} // namespace pilothouse::ui
