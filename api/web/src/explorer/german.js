// GraphiQL speaks English only and has no setting for it: its labels are replaced where they appear, and put back for a
// reader who changes to English. A label that is not in the list stays English.

const LABELS = {
  '<untitled>': '<ohne Namen>',
  'Add favorite': 'Zu Favoriten hinzufügen',
  'Adjust how the interface appears.': 'Legt fest, wie die Oberfläche aussieht.',
  'All Schema Types': 'Alle Typen des Schemas',
  Arguments: 'Argumente',
  Clear: 'Leeren',
  'Clear data': 'Daten löschen',
  'Clear storage': 'Speicher leeren',
  Cleared: 'Geleert',
  'Cleared data': 'Daten gelöscht',
  'Close Tab': 'Reiter schließen',
  'Close dialog': 'Dialog schließen',
  'Copy query': 'Abfrage kopieren',
  Dark: 'Dunkel',
  'Delete from history': 'Aus dem Verlauf löschen',
  Deprecated: 'Veraltet',
  'Deprecated Arguments': 'Veraltete Argumente',
  'Deprecated Enum Values': 'Veraltete Werte der Aufzählung',
  'Deprecated Fields': 'Veraltete Felder',
  Directives: 'Direktiven',
  Docs: 'Dokumentation',
  'Documentation Explorer': 'Dokumentation',
  'Edit label': 'Bezeichnung bearbeiten',
  'Editor Commands': 'Befehle des Editors',
  'Enum Values': 'Werte der Aufzählung',
  'Error fetching schema': 'Das Schema konnte nicht geladen werden',
  'Execute query': 'Abfrage ausführen',
  Failed: 'Fehlgeschlagen',
  'Failed to Clear': 'Leeren fehlgeschlagen',
  Fields: 'Felder',
  Function: 'Funktion',
  'Hide Documentation Explorer': 'Dokumentation ausblenden',
  'Hide History': 'Verlauf ausblenden',
  'Hide editor tools': 'Variablen ausblenden',
  History: 'Verlauf',
  Implementations: 'Implementierungen',
  Implements: 'Implementiert',
  Light: 'Hell',
  'Merge fragments definitions into operation definition': 'Fragmente in die Operation einsetzen',
  'Merge fragments into query': 'Fragmente in die Abfrage einsetzen',
  'Monaco editor shortcuts': 'Tastenkürzel des Editors Monaco',
  'New tab': 'Neuer Reiter',
  'No Description': 'Keine Beschreibung',
  'No GraphQL schema available': 'Kein GraphQL-Schema vorhanden',
  'No results found': 'Nichts gefunden',
  'Open settings dialog': 'Einstellungen öffnen',
  'Open short keys dialog': 'Tastenkürzel anzeigen',
  'Open the Command Palette (you must have focus in the editor)': 'Befehlspalette öffnen (der Editor muss den Fokus haben)',
  'Operation Editor': 'Editor der Abfrage',
  'Other results': 'Weitere Treffer',
  'Possible Types': 'Mögliche Typen',
  'Prettify editors': 'Inhalt der Editoren formatieren',
  'Prettify query': 'Abfrage formatieren',
  'QL editor uses': 'QL-Editor hat die',
  'Re-fetch GraphQL schema': 'GraphQL-Schema neu laden',
  'Re-fetch schema using introspection': 'Schema neu laden',
  'Remove all locally stored data and start fresh.': 'Löscht alles, was in diesem Browser gespeichert ist.',
  'Remove favorite': 'Aus Favoriten entfernen',
  'Reorder tab': 'Reiter verschieben',
  'Result Window': 'Antwort',
  'Root Types': 'Wurzeltypen',
  Save: 'Speichern',
  'Search in documentation': 'In der Dokumentation suchen',
  'Search in editor': 'Im Editor suchen',
  'Select active operation': 'Abfrage wählen',
  Settings: 'Einstellungen',
  'Short Key': 'Taste',
  'Short Keys': 'Tastenkürzel',
  'Show Default Value': 'Vorgabewert anzeigen',
  'Show Deprecated Arguments': 'Veraltete Argumente anzeigen',
  'Show Deprecated Fields': 'Veraltete Felder anzeigen',
  'Show Deprecated Values': 'Veraltete Werte anzeigen',
  'Show Documentation Explorer': 'Dokumentation anzeigen',
  'Show History': 'Verlauf anzeigen',
  'Show editor tools': 'Variablen anzeigen',
  'Stop query': 'Abfrage anhalten',
  System: 'Wie das System',
  Theme: 'Farben',
  'This Graph': 'Dieser Graph',
  'This modal lets you adjust header persistence, interface theme, and clear local storage.':
    'Farben der Oberfläche wählen und lokal gespeicherte Daten löschen.',
  'This modal provides a list of available keyboard shortcuts and their functions.': 'Tastenkürzel und was sie bewirken.',
  Type: 'Typ',
  'Type a label': 'Bezeichnung',
  Variables: 'Variablen',
  or: 'oder',
  ', with keybindings similar to VS Code. See the full list of shortcuts for': ', die denen von VS Code gleichen. Alle stehen in der Liste für',
};

const ATTRIBUTES = ['aria-label', 'title', 'placeholder'];
/** Parts with words of their own, of schemas and of editors. */
const NOT_WITHIN = '.explorer-own, .monaco-editor, [class*="graphiql-markdown"]';
/** Names of a schema and of operations, which may be like a label; their other texts are not. */
const NAMES = 'a, .graphiql-tab-button, .graphiql-doc-explorer-title, .graphiql-doc-explorer-argument-name, .graphiql-history-item';

/** What stands in the place of a name and is none. */
const NOT_A_NAME = /^(<untitled>|Docs|Monaco editor shortcuts)$/;

/** The German of a label. A key in brackets at its end stays: `Copy query (Shift-Ctrl-C)`. */
function german(text) {
  const [, before, label, keys, after] = /^(\s*)(.*?)( \([^()]*\))?(\s*)$/s.exec(text);
  const whole = LABELS[label + (keys ?? '')];
  if (whole) return before + whole + after;
  if (LABELS[label]) return before + LABELS[label] + (keys ?? '').replace('Ctrl', 'Strg').replace('Shift', 'Umschalt') + after;
  return label.startsWith('Go back to ') ? label.replace('Go back to', 'Zurück zu') : undefined;
}

/** Puts the labels within `root` into German, now and as they change. Returns what puts the English ones back. */
export function speakGerman(root) {
  // Text nodes and elements → name of the attribute, or '' → what was there, and what is there now.
  const replaced = new Map();

  function replace(node, name, text, put) {
    const known = replaced.get(node)?.[name];
    if (!text?.trim() || known?.german === text) return;
    const translated = german(text);
    if (translated === undefined) return;
    replaced.set(node, { ...replaced.get(node), [name]: { english: text, german: translated, put } });
    put(translated);
  }

  function visitText(node) {
    const parent = node.parentElement;
    if (!parent || parent.closest(NOT_WITHIN)) return;
    if (parent.closest(NAMES) && !NOT_A_NAME.test(node.data)) return;
    replace(node, '', node.data, (it) => { node.data = it; });
  }

  function visitElement(element) {
    for (const name of ATTRIBUTES) {
      if (name === 'title' && element.matches(NAMES) && !NOT_A_NAME.test(element.title)) continue;
      replace(element, name, element.getAttribute(name), (it) => element.setAttribute(name, it));
    }
  }

  function visit(node) {
    if (node.nodeType === Node.TEXT_NODE) return visitText(node);
    if (node.nodeType !== Node.ELEMENT_NODE || node.closest(NOT_WITHIN)) return undefined;
    visitElement(node);
    node.childNodes.forEach(visit);
    return undefined;
  }

  const observer = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === 'childList') addedNodes.forEach(visit);
      else if (type === 'characterData') visitText(target);
      else if (!target.closest(NOT_WITHIN)) visitElement(target);
    }
    for (const node of replaced.keys()) if (!node.isConnected) replaced.delete(node);
  });
  visit(root);
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });

  return () => {
    observer.disconnect();
    for (const [node, parts] of replaced) {
      for (const [name, part] of Object.entries(parts)) {
        const now = name === '' ? node.data : node.getAttribute(name);
        if (now === part.german) part.put(part.english);
      }
    }
  };
}
