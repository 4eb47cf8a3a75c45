<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>berth</name>
    <message>
        <source>`berth --help` lists all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`berth credential list` shows all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`berth profile list --bin` shows what is in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`berth profile list` shows all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`berth proxy list` shows all of them; `berth proxy add` saves another.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`berth setting list` shows all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`berth template list` shows all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`berth windows` lists the open ones.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`{command} --help` says what it takes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A browser cannot show {cores} processor cores.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A key in vault.json was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a key is not a plain word</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A language stands twice in the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A list cannot be sorted by {sort}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A note is sealed and never given on a command line; use the note command.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A place is given, but the geolocation is not fixed to it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A port is a number from 1 to 65535.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A profile has no setting called {key}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A sealed value was changed or moved ({place}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A shop has already seen {key} as {value}; a change can look like another person.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A SOCKS5 login holds at most 255 plain letters, digits and signs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A user name for an HTTP proxy cannot hold a colon.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A window of {width}x{height} at scale {scale} does not fit this screen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A window was not opened: {reasons}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add --yes when you are sure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add key=value, such as market=US.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Afghanistan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Albania</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Algeria</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow private addresses in the profile if that is really meant.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An IPv6 address needs square brackets.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Andorra</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Angola</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anguilla</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another Berth has the vault open (process {pid}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another Berth has the vault open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another browser uses the same profile folder. Close it, then open the store again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program is using {file}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Antarctica</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Antigua &amp; Barbuda</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Argentina</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Armenia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aruba</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask someone who may approve it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the owner of the vault to allow it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the owner of this vault to allow it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask your provider again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask your provider for another login, or use the proxy's HTTP address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask your provider for another login, or use the proxy's SOCKS5 address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask your provider for the SOCKS5 or HTTP address of the same proxy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask your proxy provider whether this machine and this site are allowed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Australia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Austria</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Azerbaijan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bahamas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bahrain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bangladesh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Barbados</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Belarus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Belgium</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Belize</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Benin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bermuda</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Berth cannot look into {folder}: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Berth cannot open {file} for writing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Berth cannot write to {folder}: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Berth does not pass on the browser's own update checks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Berth may not write to {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Berth opens the way as soon as its checks are green.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Berth runs as root, so browsers run without their sandbox; use an ordinary account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Berth's relay needs to know the length of what is sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Berth's relay was given something that is no request.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bhutan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blocked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bolivia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bosnia &amp; Herzegovina</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Botswana</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bouvet Island</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brazil</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Britain (UK)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>British Indian Ocean Territory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Browser for new profiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Browsers use the system's own sandbox.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brunei</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bulgaria</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Burkina Faso</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Burundi</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cambodia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameroon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Canada</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cape Verde</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Caribbean NL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cayman Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Central African Rep.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check free space, quota and the health of the disk, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that it is the code of this vault, and type it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the address and port, and that the proxy is running and paid.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the keyboard layout and try again, or use the recovery code.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the login with your proxy provider, then set the proxy again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the site's address, or try again later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the spelling of its address and this machine's internet connection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check who owns the folder, or choose another one with --home.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>China</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a name of 1 to {most} visible characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a {what} of 1 to {most} visible characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another number; a profile in the bin keeps its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of: {choices}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of: {keys}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one; several words are easy to remember.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Christmas Island</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close it and try again; only Berth should open this file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close it with `berth close` and try again; nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs if the machine is busy, then open the store again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close that browser, then open the store again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the other Berth, or wait for it to finish.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close them first, with `berth close --all`; then open the store again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closed {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closed: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing {name} and opening it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cocos (Keeling) Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colombia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comoros</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confirm that you want it, and say why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Congo (Dem. Rep.)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Congo (Rep.)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cook Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct that line; profiles/schema.json says what a template may hold.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Costa Rica</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crashed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Croatia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cuba</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curaçao</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cyprus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Czech Republic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Côte d’Ivoire</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dates and numbers are written as in {seen}, the first language is {expected}. The browser's language pack is missing (Debian: sudo apt install chromium-l10n).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dates and numbers are written as in {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Days in the bin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Denmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Did you mean {near}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Djibouti</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not sign in through this proxy; ask your provider, or choose another proxy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dominica</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dominican Republic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>East Timor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Echo addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ecuador</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Egypt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>El Salvador</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Equatorial Guinea</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Eritrea</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Estonia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Eswatini (Swaziland)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ethiopia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every page of the database is as Berth wrote it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everybody may write to the folder {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Extensions that control proxy, WebRTC or DNS: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Falkland Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Faroe Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fiji</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finland</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For instance: market=US.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>France</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space and try again; what was stored before is unchanged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>French Guiana</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>French Polynesia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>French S. Terr.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gabon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gambia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Georgia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Germany</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ghana</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gibraltar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give Berth a folder of its own, such as --home {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give http or https addresses, such as https://icanhazip.com.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give one or more values with spaces between.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give one proxy at a time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the folder with its full path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the password of the site.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the program's full path, as `berth engine list` shows it, or nothing for any browser.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give them another proxy first; profiles in the bin count too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give this one another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on in its window, or close it first with `berth close`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with the Berth you had before: a copy of the vault is in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Greece</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Greenland</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grenada</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guadeloupe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guam</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guatemala</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guernsey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guinea</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guinea-Bissau</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guyana</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Haiti</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Heard Island &amp; McDonald Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Honduras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hong Kong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long a deleted profile can be restored before `profile purge --expired` removes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hungary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Iceland</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>India</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Indonesia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it again, or choose another one: `berth engine list`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it, or see `berth engine list` and set another one with `berth profile set`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install one of them (Debian and Ubuntu: sudo apt install chromium chromium-sandbox).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the newest Berth and try again; nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Iran</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Iraq</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ireland</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Isle of Man</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Israel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be read: it is not a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be read: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not hold keys and values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It found no screen. Start Berth inside a desktop session, or under `xvfb-run -a`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is nested too deeply</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not written in UTF-8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not YAML: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Italy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its security sandbox could not start. Debian: sudo apt install chromium-sandbox. Ubuntu 24.04 and newer: use Google Chrome from its .deb.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jamaica</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Japan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jersey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jordan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kazakhstan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep at most {most} tags.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep at most {most}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the data folder as it is and work with a copy: your own, named with --home, or the pair vault.json and data.db from its folder backups, which Berth makes before upgrades.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kenya</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kiribati</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Korea (North)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Korea (South)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kuwait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kyrgyzstan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Laos</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latvia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lebanon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lesotho</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Liberia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Libya</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Liechtenstein</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lithuania</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Luxembourg</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Macau</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Madagascar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a new profile with the value you need.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make one with `berth init`, or name another folder with --home.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making a vault in a throw-away folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making {name} from the template {template}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Malawi</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Malaysia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Maldives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mali</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Malta</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Marshall Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Martinique</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mauritania</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mauritius</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mayotte</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mend what is marked ✗, or give the store another proxy: `berth profile set NAME proxy=-`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mend what is marked ✗, or give the store another proxy: `berth profile set NAME proxy=-`. `berth open NAME --only-this-once` opens it in spite of that, this one time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mexico</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Micronesia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moldova</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Monaco</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mongolia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Montenegro</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Montserrat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More than {most} languages; no browser starts with so many.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Morocco</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mozambique</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Myanmar (Burma)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a file that holds it with --passphrase-file or BERTH_PASSPHRASE_FILE.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a file that holds it with --recovery-file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a file that holds it with --{what}-file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a file whose text is the secret.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name another folder with --pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Namibia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nauru</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nepal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Netherlands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New Caledonia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New Zealand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nicaragua</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Niger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nigeria</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Niue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No browser found: install Google Chrome, Microsoft Edge, Chromium or Brave.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No Chrome, Edge, Chromium or Brave was found on this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No echo page answered the window through its relay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No echo page answered with an address, so the exit of this profile is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No extension controls proxy, WebRTC or DNS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No policy controls proxy, WebRTC or DNS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No window is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Noise for {what} is not offered yet; only real is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Norfolk Island</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>North Macedonia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Northern Mariana Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Norway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing crossed between the two windows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing refers to a row that is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to change was given.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was changed. Correct the value and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Oman</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One of the words holds bytes that are not UTF-8 text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it again; nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open that page in it, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the store again; its logins are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening {name} behind {proxy}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other users may look into {folder}: chmod 700 it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Others may enter the folder {folder}, and it holds other things.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages that answer with the address they were asked from; tried in turn before a window opens.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages were changed: {faults}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pakistan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Palau</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Palestine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Panama</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Papua New Guinea</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paraguay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Peru</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Philippines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pitcairn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Playwright's driver does not run, so no window opens. Debian: apt install libatomic1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Playwright's driver runs ({version}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Poland</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Policies of this machine control proxy, WebRTC or DNS: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Portugal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Puerto Rico</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put it into one of your groups, or ask the owner of this vault.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Qatar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read it again from its beginning.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>references with * are not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove it, or set XDG_RUNTIME_DIR to a folder of your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore the profile from a backup, or move that file away to start with fresh browser settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Romania</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {seq} of the record of acts was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows refer to missing ones: {faults}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run `berth doctor`; the demo's own folder is gone and nothing of yours was touched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run the demo inside a desktop session, or install Xvfb: sudo apt install xvfb.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run this inside a desktop session, or under `xvfb-run -a`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Russia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rwanda</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Réunion</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Same languages, time zone, scale and cores as {names}: a shop cannot tell these profiles apart by them.</source>
        <translation type="unfinished"><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Samoa (American)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samoa (western)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>San Marino</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sao Tome &amp; Principe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saudi Arabia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say which one by its number, such as #{number}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say why with --reason and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seconds that a command waits while another Berth command has the vault open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seconds that a proxy has to answer before the window is not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Senegal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Serbia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seychelles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sierra Leone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing in as {customer} in {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Singapore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slovakia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slovenia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Solomon Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somalia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something crossed:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something in Berth itself went wrong while the store was opened; it was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>South Africa</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>South Georgia &amp; the South Sandwich Islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>South Sudan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sri Lanka</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St Barthelemy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St Helena</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St Kitts &amp; Nevis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St Lucia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St Maarten (Dutch)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St Martin (French)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St Pierre &amp; Miquelon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St Vincent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Standard input holds no proxy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the browser once by itself; if that fails too, install it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {number} ({name}) of the vault's upgrade failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sudan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suriname</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Svalbard &amp; Jan Mayen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sweden</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switzerland</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Syria</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tables and indexes agree.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tables and indexes disagree: {faults}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taiwan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tajikistan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tanzania</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thailand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The accuracy {value} is not between 1 and 100000 metres.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address has {count} characters, more than {most}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address holds a space or a control character.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address holds a user name or password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address in square brackets is no URL.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser at {path} cannot be started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser did not answer within {seconds} seconds ({engine}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser does not go through its relay; something on this machine redirects it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser ended before its window was ready ({engine}, code {code}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser of this profile, {wanted}, was not found on this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser of this store has ended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser profile of {name} is in use by process {pid}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser refused {method} (code {code}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser shows its real version {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser shows version {seen}, it is {expected}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser's own sandbox helper is in force.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser's sandbox is off, because Berth runs as root.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser's sandbox is on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The browser's settings file {path} cannot be read, so the store was not opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate shown for {name} is not trusted: somebody may be reading along.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The copy made before the upgrade could not be read back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The country code of the United Kingdom is GB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The country of the exit {ip} is unknown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database is there, but its key file vault.json is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database {file} is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full, so nothing was saved in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exit is in {seen}, as the store's market.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exit is in {seen}, but the store is set to {market}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exit is in {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exit jumped from {before} to {now}, to another country.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exit {ip} answered in {ms} ms.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The field was not found on this page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is larger than {most} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file {file} cannot be used: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first language is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder {folder} belongs to somebody else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The geolocation is fixed, but no place is given.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the id {id} is already taken by {other}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the id {id} is not the file's name {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key file is as Berth wrote it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key {key} is unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key {key} is unknown, did you mean {near}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key {key} stands twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The languages are {seen}, saved are {expected}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The languages are {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The languages sent are {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The latitude {value} is not between -90 and 90.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list cannot be continued from there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The longitude {value} is not between -180 and 180.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name has {count} characters, more than {most}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name holds the control character U+{code}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name {name} is taken.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The number {number} belongs to another profile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The opening of this store was interrupted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The part before :// is no kind of proxy that Berth knows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The passphrase is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password is empty or longer than {most} characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The person behind this passphrase is missing from the vault.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pictures cannot be written to {folder}: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The port is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The process that keeps windows open (process {pid}) does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The process that keeps windows open did not start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The process that keeps windows open does not understand this request.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The process that keeps windows open has ended; its windows were closed cleanly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy changed its exit from {before} to {now} in between.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy {proxy} cannot be reached from this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy {proxy} cannot reach {host}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy {proxy} does not accept the user name or password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy {proxy} does not speak TLS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy {proxy} is still used by {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy {proxy} refused by its own rules (code {code}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy {proxy} refused the connection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The record of acts is whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The record of acts misses row {seq}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample store never heard of the run {run}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sandbox uses user namespaces.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scale is {seen}, saved is {expected}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scale is {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scale {scale} is not one of: {steps}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store's time zone is {zone}, the exit's {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The system refused to read or write {file}; nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the tag {tag} is not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time zone is {seen}, saved is {expected}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time zone is {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time zone will be taken from the exit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time zone {zone} belongs to no country; shops seldom see it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time zone {zone} is not one of {country}, where the exit is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time zone {zone} is one of {country}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time zone {zone} is the exit's.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The two are not the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault is in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault is locked, and there is no terminal to ask for its passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault is locked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window comes out at {ip}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window could not be checked: it showed no page in time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window does not say truly who drives it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window of {name} is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window says truly who drives it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window shows no page at {url}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window shows {seen} cores, saved are {expected}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window shows {seen} cores.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window size {width}x{height} is not one of: {sizes}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are invisible characters in the login.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are invisible characters in this text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {count} words too many.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a screen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is already a login called {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is already a profile called {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is already a vault in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no command called {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no login called {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no option {names} here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no profile {name} in the bin.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no profile {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no proxy in this text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no saved proxy called {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no screen here, and Xvfb, which makes a virtual one, is missing or did not start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no screen here, so no window can open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no screen, and no Xvfb for a virtual one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no screen; `berth demo` starts a virtual one, other windows need a real one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no setting called {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no template called {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no terminal to ask for the recovery code.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no terminal to ask for the {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no time zone {zone}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no time zone {zone}, did you mean {near}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no time zone {zone}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no time zone {zone}; did you mean {near}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no user's folder {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no vault in {folder} yet; `berth init` makes one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no vault in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is one word too many.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These key derivation parameters are outside of what Berth allows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This address belongs to Berth itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This address is inside a private network, which this profile may not reach.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is far too long for a proxy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is more than one line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a name for an operator.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a recovery code: it has {n} letters and digits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a user name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine may have policies for the browser, and they could not be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This passphrase does not open the vault.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This proxy is saved already, as {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This recovery code does not open the vault.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This store has no open window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This store has no proxy: it sees the address of this machine itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This text can be read in two ways: the proxy is {first} and the login follows, or the login comes first and the proxy is {last}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This text is no proxy in any form that Berth knows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This window is connected to Berth's relay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This window is not open yet, so nothing leaves it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time limit of the exit probe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Togo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokelau</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tonga</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trinidad &amp; Tobago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again, or set other pages in network.echo_urls.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; if it stays so, ask your proxy provider or choose another proxy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; if it stays, the log {log} says why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; the log in {logs} says where.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the same address with http:// in place of https://.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tunisia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turkey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turkmenistan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turks &amp; Caicos Is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tuvalu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type it again, in a terminal that is set to UTF-8.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type the 32 letters and digits as they were shown when the vault was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type the proxy by hand.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Uganda</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>UK is not a country code, GB is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ukraine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>United Arab Emirates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>United States</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock it and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock it, or name another folder with --home.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update Berth, close its windows with `berth close --all`, and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update the browser, and tell us its version if this stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Uruguay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>US minor outlying islands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use 64 to 1024 MiB, 2 to 10 passes and 1 to 16 lanes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a country code of two letters, such as US or MY.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a number such as {example}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a size such as {example}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a whole number from 1 to {most}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a whole number from {low} to {high}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a whole number such as {example}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use an address such as https://seller-us.tiktok.com/.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use at most {most} characters on one line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use http://, https:// or socks5://.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use it by that name, or add it again with its password replaced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use latitude and longitude, such as {example}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use on or off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the profile's id; `berth windows --json` shows it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Uzbekistan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vanuatu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vatican City</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vault.json asks for key derivation outside of what Berth allows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vault.json is there, but the database data.db is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vault.json was changed by something other than Berth.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vault.json was cut or edited.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Venezuela</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vietnam</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Virgin Islands (UK)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Virgin Islands (US)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait a moment and try again. If it stays silent, end process {pid}: its windows then close cleanly, and the stores can be opened again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait for a busy vault</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until the page has loaded, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wallis &amp; Futuna</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Western Sahara</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether the time zone {zone} fits the exit cannot be told.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which of the browsers found on this machine a new profile uses.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Windows of an older or newer version of Berth are still open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write [address]:port.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write host:port, host:port:user:password, user:password@host:port, or a URL such as socks5://user:password@host:port.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write it as #RRGGBB, for instance #1E88E5.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write it as scheme://user:password@host:port, which can be read in one way only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write one line with the proxy to it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the data folder's whole path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yemen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not do this here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You would not see this profile in the group {group}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zambia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zimbabwe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cores} processor cores are more than the {real} this computer has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} start pages are too many.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is damaged or belongs to another vault.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} was written by a newer Berth (format {found}, this one knows up to {known}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} does not exist yet; `berth init` makes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{host} cannot be reached.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{host} is an address inside a private network, which this profile may not reach.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} cannot be {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} is {value} for the life of this profile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} is {value}, not one of: {choices}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{kind} {version} at {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{market} is not a country code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} can mean several profiles: {choices}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} can mean several windows: {choices}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is already open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is closed ({reason}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is open (process {pid}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} may no longer unlock this vault.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} may not do this ({ability}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not opened. Nothing has reached the store.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} is not a profile's number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} templates.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{proxy} did not answer within {limit} seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{scheme} proxies are not supported yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{tag} is not a language tag such as de-DE or en.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{url} is not an address of an echo page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{url} is not an address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{url} is not an http or https address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{url} names no site.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} does not fit the setting {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} does not fit {key}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} is not a choice for {what}; only real is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} is not a colour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} is not a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} is not a whole path to a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} is not the full path of a browser.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} {next}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{word} is not of the form key=value.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Åland Islands</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
