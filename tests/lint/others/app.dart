import 'package:mixpanel_flutter/mixpanel_flutter.dart';

class Events {
  static const signUp = 'Sign Up';
}

Future<void> run(Mixpanel mp, String plan) async {
  mp.track(Events.signUp, properties: {'plan': plan, 'referrer': 'app'});
  mp.track('App Open', properties: <String, dynamic>{'is_first': true, '\$os': 'Android'});
  mp.track('App Start'); // MISTAKE unknown-event
  mp.track('Purchase', properties: {'amount': 'many', 'country': "D$plan"}); // MISTAKE wrong-type
  mp.getPeople().set('plan', plan);
}
